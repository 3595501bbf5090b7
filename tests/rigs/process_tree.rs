//! The system's processes: who descends from whom.

use std::collections::BTreeMap;
use std::time::Duration;

use super::error::{Result, RigError};

/// A process at one moment. A number is given again one day; together with the start it is one process's for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its number.
    pub id: u32,
    /// Its name, as the system cuts it.
    pub name: String,
    /// When it was started, after the system was.
    pub started: Duration,
}

impl Member {
    /// A process of which only the number is known.
    ///
    /// # Errors
    /// When there is none of that number.
    pub fn of(id: u32) -> Result<Self> {
        let file = proc_file(id, "stat")?;
        let (name, _, started) = read(&file).ok_or_else(|| unreadable(id, "stat", &file))?;
        Ok(Self { id, name, started })
    }

    /// The memory that it has to itself, and its share of what it has together with others (PSS), in bytes.
    ///
    /// # Errors
    /// When it is gone.
    pub fn proportional_set_size(&self) -> Result<u64> {
        let rollup = proc_file(self.id, "smaps_rollup")?;
        let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
        Ok(kilobytes.ok_or_else(|| unreadable(self.id, "smaps_rollup", &rollup))? * 1024)
    }

    /// The processor time that it has used.
    ///
    /// # Errors
    /// When it is gone.
    pub fn processor_time(&self) -> Result<Duration> {
        let stat = proc_file(self.id, "stat")?;
        let (user, system) = (field(&stat, 14), field(&stat, 15));
        match (user, system) {
            (Some(user), Some(system)) => Ok(ticks(user + system)),
            _ => Err(unreadable(self.id, "stat", &stat)),
        }
    }

    /// Ends it, without a word.
    ///
    /// # Errors
    /// When it is gone.
    pub fn kill(&self) -> Result<()> {
        let id = libc::pid_t::try_from(self.id).unwrap_or(libc::pid_t::MAX);
        // SAFETY: kill takes no pointers. The number is a process's that descends from a test: as long as its parent, which
        // is one too, has not waited for it, it is not another's.
        if unsafe { libc::kill(id, libc::SIGKILL) } != 0 {
            return Err(RigError::io(format!("killing {}", self.name))(std::io::Error::last_os_error()));
        }
        Ok(())
    }

    /// The names of its threads, as the system cuts them.
    ///
    /// # Errors
    /// When it is gone.
    pub fn threads(&self) -> Result<Vec<String>> {
        let path = format!("/proc/{}/task", self.id);
        let threads = std::fs::read_dir(&path).map_err(RigError::io(format!("listing {path}")))?;
        // One that ends meanwhile has no name any more.
        let name = |thread: std::fs::DirEntry| std::fs::read_to_string(thread.path().join("comm")).ok();
        Ok(threads.flatten().filter_map(name).map(|name| name.trim_end().to_owned()).collect())
    }

    /// What it was started with, its own name first.
    ///
    /// # Errors
    /// When it is gone.
    pub fn arguments(&self) -> Result<Vec<String>> {
        let line = proc_file(self.id, "cmdline")?;
        // Programs that set their title leave spaces in the place of zeros.
        Ok(line.split(['\0', ' ']).filter(|argument| !argument.is_empty()).map(str::to_owned).collect())
    }
}

fn proc_file(id: u32, file: &str) -> Result<String> {
    let path = format!("/proc/{id}/{file}");
    std::fs::read_to_string(&path).map_err(RigError::io(format!("reading {path}")))
}

fn unreadable(id: u32, file: &str, text: &str) -> RigError {
    RigError::Unreadable {
        what: format!("/proc/{id}/{file}"),
        reason: "not of the form that proc(5) says".to_owned(),
        text: text.to_owned(),
    }
}

/// All that descend from a process, but for those whose parent is gone.
///
/// # Errors
/// When the system's list of processes can't be read.
pub fn descendants(of: u32) -> Result<Vec<Member>> {
    let all = list().map_err(RigError::io("listing processes"))?;
    let mut found = Vec::new();
    let mut parents = vec![of];
    while let Some(parent) = parents.pop() {
        for (member, _) in all.values().filter(|(_, of)| *of == parent) {
            parents.push(member.id);
            found.push(member.clone());
        }
    }
    Ok(found)
}

/// Those of them that still run.
#[must_use]
pub fn still_running(family: &[Member]) -> Vec<Member> {
    let now = list().unwrap_or_default();
    family.iter().filter(|member| now.get(&member.id).is_some_and(|(now, _)| now == *member)).cloned().collect()
}

/// Ends those of them that still run.
pub(super) fn kill(family: &[Member]) {
    for member in still_running(family) {
        let id = libc::pid_t::try_from(member.id).unwrap_or(libc::pid_t::MAX);
        // SAFETY: kill takes no pointers; that process was seen a moment ago, and numbers are not given again so soon.
        // Nothing is left to be done about a failure here: it means that the process has ended by itself.
        let _ = unsafe { libc::kill(id, libc::SIGKILL) };
    }
}

/// Every process that isn't a zombie, and its parent.
fn list() -> std::io::Result<BTreeMap<u32, (Member, u32)>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir("/proc")? {
        let Some(id) = entry?.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        // Gone since it was listed.
        let Ok(stat) = std::fs::read_to_string(format!("/proc/{id}/stat")) else { continue };
        if let Some((name, parent, started)) = read(&stat) {
            found.insert(id, (Member { id, name, started }, parent));
        }
    }
    Ok(found)
}

fn read(stat: &str) -> Option<(String, u32, Duration)> {
    let name = stat.split_once('(').and_then(|(_, rest)| Some(rest.rsplit_once(')')?.0.to_owned()))?;
    let state = stat.rsplit_once(')')?.1.trim_start().chars().next()?;
    let parent = u32::try_from(field(stat, 4)?).ok()?;
    (state != 'Z').then_some((name, parent, ticks(field(stat, 22)?)))
}

/// A field of `/proc/PID/stat` by its number in proc(5); those before the third may hold anything.
fn field(stat: &str, number: usize) -> Option<u64> {
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_whitespace().nth(number.checked_sub(3)?)?.parse().ok()
}

fn ticks(ticks: u64) -> Duration {
    // SAFETY: sysconf takes no pointers.
    let per_second = unsafe { libc::sysconf(libc::_SC_CLK_TCK) };
    Duration::from_secs_f64(ticks as f64 / per_second.max(1) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_listed_and_runs() {
        let own = list().unwrap()[&std::process::id()].0.clone();
        assert!(own.started > Duration::ZERO);
        let former = Member { started: Duration::ZERO, ..own.clone() };
        assert_eq!(still_running(&[own.clone(), former]), [own]);
    }

    #[test]
    fn this_process_has_memory_and_a_command_line() {
        let process = Member::of(std::process::id()).unwrap();
        assert_eq!(process, list().unwrap()[&process.id].0);
        assert!(process.proportional_set_size().unwrap() > 1 << 20);
        assert!(process.processor_time().unwrap() < Duration::from_secs(3_600));
        assert!(process.arguments().unwrap()[0].contains("conclave_tests"));
    }

    #[test]
    fn a_name_may_hold_anything() {
        assert_eq!(field("7 (a) b) S 3 7", 4), Some(3));
        assert_eq!(read("7 (a) Z b) Z 3"), None);
    }
}
