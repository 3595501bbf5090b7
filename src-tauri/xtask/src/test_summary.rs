//! Adds up what the test runners themselves say: cargo's at the end of each test program, Vitest at its own end.

/// Tests counted from the runner's own summaries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct TestSummary {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) ignored: u64,
}

impl TestSummary {
    /// Adds one line of the runner's output; lines that are no summary add nothing.
    pub(crate) fn add_line(&mut self, line: &str) {
        if let Some(summary) = Self::of_cargo(line).or_else(|| Self::of_vitest(line)) {
            self.passed += summary.passed;
            self.failed += summary.failed;
            self.ignored += summary.ignored;
        }
    }

    /// `test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s`
    fn of_cargo(line: &str) -> Option<Self> {
        let (_, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
        let count =
            |what: &str| counts.split(';').find_map(|part| part.trim().strip_suffix(what)?.trim_end().parse().ok());
        Some(Self { passed: count("passed")?, failed: count("failed")?, ignored: count("ignored")? })
    }

    /// `      Tests  1 failed | 97 passed | 2 skipped (100)`, without colours
    fn of_vitest(line: &str) -> Option<Self> {
        let (counts, all) = line.trim_start().strip_prefix("Tests  ")?.split_once(" (")?;
        let all: u64 = all.strip_suffix(')')?.parse().ok()?;
        let count = |what: &str| counts.split(" | ").find_map(|part| part.strip_suffix(what)?.trim_end().parse().ok());
        let (passed, failed) = (count("passed").unwrap_or(0), count("failed").unwrap_or(0));
        Some(Self { passed, failed, ignored: all.checked_sub(passed + failed)? })
    }

    /// How many tests ran.
    pub(crate) fn ran(self) -> u64 {
        self.passed + self.failed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_are_added_up() {
        let mut summary = TestSummary::default();
        summary.add_line("running 2 tests");
        summary.add_line("test a ... ok");
        summary
            .add_line("test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s");
        summary.add_line(
            "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.20s",
        );
        let expected = TestSummary { passed: 15, failed: 2, ignored: 1 };
        assert_eq!(summary, expected);
        assert_eq!(summary.ran(), 17);
    }

    #[test]
    fn the_page_s_tests_count_too() {
        let mut summary = TestSummary::default();
        summary.add_line(" Test Files  1 failed | 8 passed (9)");
        summary.add_line("      Tests  99 passed (99)");
        summary.add_line("      Tests  2 failed | 10 passed | 3 skipped (15)");
        summary.add_line("      Tests  200 passed (1)");
        assert_eq!(summary, TestSummary { passed: 109, failed: 2, ignored: 3 });
    }

    #[test]
    fn a_test_that_prints_something_alike_counts_nothing() {
        let mut summary = TestSummary::default();
        summary.add_line("  test result: ok. 12 passed; 0 failed; 1 ignored");
        summary.add_line("test result: ok. many passed; 0 failed; 1 ignored");
        summary.add_line("12 passed; 0 failed");
        assert_eq!(summary, TestSummary::default());
    }
}
