//! Several statements in one envelope, each after its length (u32, big-endian): what one end knows fits in one message
//! of the server's, however long the room's history is.

use conclave_keys::statement::MAX_STATEMENT_LENGTH;

/// The most statements of one envelope: all handovers and removals that there may be, and as many admissions.
pub(super) const MAX_STATEMENTS: usize = 160;
/// The most bytes of one envelope's statements, so that they fit in a control message too.
const MAX_LENGTH: usize = 8 * 1024;

/// Puts statements into as few envelopes as they need.
pub(super) fn pack(statements: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut envelopes: Vec<Vec<u8>> = Vec::new();
    let mut count = 0;
    for statement in statements.iter().filter(|statement| statement.len() <= MAX_STATEMENT_LENGTH) {
        // A statement has at most 4 KiB.
        let length = u32::try_from(statement.len()).unwrap_or(u32::MAX).to_be_bytes();
        match envelopes.last_mut() {
            Some(last) if last.len() + 4 + statement.len() <= MAX_LENGTH && count < MAX_STATEMENTS => {
                last.extend_from_slice(&length);
                last.extend_from_slice(statement);
                count += 1;
            }
            Some(_) | None => {
                envelopes.push([length.as_slice(), statement].concat());
                count = 1;
            }
        }
    }
    envelopes
}

/// The statements of an envelope; `None` when it is no list of them.
pub(super) fn unpack(mut bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let mut statements = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk::<4>() {
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (statement, rest) = rest.split_at_checked(length)?;
        if length > MAX_STATEMENT_LENGTH || statements.len() >= MAX_STATEMENTS {
            return None;
        }
        statements.push(statement);
        bytes = rest;
    }
    bytes.is_empty().then_some(statements)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_packed_is_unpacked_in_order() {
        let statements: Vec<Vec<u8>> = (0..200_u16).map(|i| vec![i as u8; usize::from(i) * 5]).collect();
        let envelopes = pack(&statements);
        assert!(envelopes.len() > 1 && envelopes.iter().all(|envelope| envelope.len() <= MAX_LENGTH));
        let read: Vec<_> = envelopes.iter().flat_map(|envelope| unpack(envelope).unwrap()).collect();
        assert_eq!(read, statements);
    }

    #[test]
    fn what_is_cut_too_long_or_too_many_is_no_list() {
        let envelope = pack(&[vec![1; 10], vec![2; 10]]).remove(0);
        for at in (1..envelope.len()).filter(|at| *at != 14) {
            assert_eq!(unpack(&envelope[..at]), None, "{at}");
        }
        assert_eq!(unpack(&[0xFF; 8]), None);
        assert_eq!(unpack(&vec![0; 4 * (MAX_STATEMENTS + 1)]), None);
    }
}
