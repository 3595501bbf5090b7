//! No Rust file grows without bound, and none names a path of somebody's computer.

use std::path::Path;

use super::text_files::TextFile;

/// The most lines of a Rust file, its tests not counted: beyond it the file has more than one responsibility.
const MAX_LINES: usize = 400;

/// How a path on a developer's computer begins; halves, so that this file doesn't contain what it looks for.
const MACHINE_PATHS: &[(&str, &str)] =
    &[("/ho", "me/"), ("/ro", "ot/"), ("/Us", "ers/"), ("C:\\Us", "ers\\"), ("/wo", "rk/"), ("/tmp/tar", "gets")];

/// What is wrong with one file.
pub(crate) fn faults(file: &TextFile) -> Vec<String> {
    let mut faults = Vec::new();
    let path = file.path.display();
    if is_rust_outside_tests(&file.path) {
        let lines = lines_before_tests(&file.text);
        if lines > MAX_LINES {
            faults.push(format!("{path}: {lines} lines, more than {MAX_LINES}: split it by responsibility"));
        }
    }
    for (number, line) in file.text.lines().enumerate() {
        if let Some(found) = machine_path(line) {
            faults.push(format!("{path}:{}: names {found}…, a path of one computer", number + 1));
        }
    }
    faults
}

fn is_rust_outside_tests(path: &Path) -> bool {
    path.extension().is_some_and(|kind| kind == "rs") && path.components().all(|part| part.as_os_str() != "tests")
}

/// The lines up to a test module at the end.
fn lines_before_tests(text: &str) -> usize {
    let mut lines = text.lines().peekable();
    let mut count = 0;
    while let Some(line) = lines.next() {
        let module_follows = lines.peek().is_some_and(|next| next.starts_with("mod ") && next.ends_with('{'));
        if line == "#[cfg(test)]" && module_follows {
            break;
        }
        count += 1;
    }
    count
}

/// The beginning of a machine's path in `line`, where a path begins: not inside another path or an address.
fn machine_path(line: &str) -> Option<String> {
    MACHINE_PATHS.iter().find_map(|(first, second)| {
        let needle = format!("{first}{second}");
        let begins = |(at, _): &(usize, &str)| {
            let before = line.get(..*at).and_then(|before| before.chars().next_back());
            before.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '/' | '.' | '_' | '-' | '}' | ')' | '>'))
        };
        line.match_indices(&needle).any(|found| begins(&found)).then_some(needle)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: String) -> TextFile {
        TextFile { path: path.into(), text }
    }

    fn home() -> String {
        ["/ho", "me/someone/conclave"].concat()
    }

    #[test]
    fn a_rust_file_may_have_400_lines_and_not_401() {
        assert!(faults(&file("src-tauri/room/src/lib.rs", "x\n".repeat(400))).is_empty());
        assert_eq!(faults(&file("src-tauri/room/src/lib.rs", "x\n".repeat(401))).len(), 1);
    }

    #[test]
    fn tests_are_not_counted() {
        let text = format!("{}#[cfg(test)]\nmod tests {{\n{}}}\n", "x\n".repeat(400), "y\n".repeat(300));
        assert!(faults(&file("src-tauri/room/src/lib.rs", text)).is_empty());
        assert!(faults(&file("src-tauri/room/tests/a_call.rs", "x\n".repeat(900))).is_empty());
    }

    #[test]
    fn a_test_only_item_in_the_middle_does_not_hide_the_rest() {
        let text = format!("#[cfg(test)]\nuse std::fs;\n{}", "x\n".repeat(400));
        assert_eq!(faults(&file("src-tauri/room/src/lib.rs", text)).len(), 1);
    }

    #[test]
    fn a_path_of_one_computer_is_found_with_its_line() {
        let found = faults(&file("README.md", format!("fine\nsee {}\n", home())));
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("README.md:2:"), "{}", found[0]);
    }

    #[test]
    fn the_same_words_inside_an_address_are_fine() {
        assert!(faults(&file("README.md", format!("https://example.org{}", home()))).is_empty());
    }
}
