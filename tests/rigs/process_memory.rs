//! What is in a running program's memory.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};

use super::error::{Result, RigError};
use super::process::Process;

/// Read at a time, overlapping by the longest needle.
const CHUNK: usize = 1 << 20;

/// Which of the needles are in the program's writable memory: its heap, stacks and data.
///
/// # Errors
/// When the memory can't be read.
pub fn found_in(process: &Process, needles: &[(&'static str, Vec<u8>)]) -> Result<Vec<&'static str>> {
    let id = process.id();
    let maps = std::fs::read_to_string(format!("/proc/{id}/maps")).map_err(RigError::io("reading a memory map"))?;
    let mut memory = File::open(format!("/proc/{id}/mem")).map_err(RigError::io("opening a program's memory"))?;
    let overlap = needles.iter().map(|(_, needle)| needle.len()).max().unwrap_or(0);
    let mut found = Vec::new();
    let mut read_bytes = 0;
    for (start, end) in maps.lines().filter_map(writable_range) {
        let mut at = start;
        while at < end {
            let length = usize::try_from(end - at).unwrap_or(CHUNK).min(CHUNK);
            let mut chunk = vec![0; length];
            // Some mappings can't be read by anybody.
            if memory.seek(SeekFrom::Start(at)).is_err() || memory.read_exact(&mut chunk).is_err() {
                break;
            }
            read_bytes += length;
            for (name, needle) in needles {
                if !found.contains(name) && contains(&chunk, needle) {
                    found.push(*name);
                }
            }
            at += (length.saturating_sub(overlap)).max(1) as u64;
            if length < CHUNK {
                break;
            }
        }
    }
    if read_bytes == 0 {
        return Err(RigError::Unreadable {
            what: format!("the memory of {}", process.name()),
            reason: "nothing of it could be read".to_owned(),
            text: maps,
        });
    }
    Ok(found)
}

/// `55d0c000-55d0d000 rw-p …`
fn writable_range(line: &str) -> Option<(u64, u64)> {
    let (range, rest) = line.split_once(' ')?;
    let (start, end) = range.split_once('-')?;
    let parsed = (u64::from_str_radix(start, 16).ok()?, u64::from_str_radix(end, 16).ok()?);
    rest.starts_with("rw").then_some(parsed)
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}
