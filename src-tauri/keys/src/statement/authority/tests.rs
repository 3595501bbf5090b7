use super::*;
use crate::statement::tests::{ROOM, device, key, policy};

fn handover(revision: u64, from: u8, to: u8) -> Signed<Handover> {
    let handover = Handover { room: ROOM, epoch: Epoch(2), revision, from: key(from), to: key(to) };
    Signed::sign(handover, &device(from)).unwrap()
}

fn authority() -> HostAuthority {
    HostAuthority::new(ROOM, device(1).key_hash())
}

fn after(handovers: &[Signed<Handover>]) -> HostAuthority {
    let mut authority = authority();
    for handover in handovers {
        assert_eq!(authority.accept_handover(handover), Ok(Change::Changed));
    }
    authority
}

#[test]
fn the_host_is_whose_key_the_link_names() {
    assert!(authority().is_host(&key(1)) && !authority().is_host(&key(2)));
}

#[test]
fn the_role_follows_a_chain_and_may_come_back() {
    let chain = [handover(1, 1, 2), handover(2, 2, 3), handover(3, 3, 1)];
    let authority = after(&chain[..2]);
    assert!(authority.is_host(&key(3)) && !authority.is_host(&key(1)) && !authority.is_host(&key(2)));
    let mut authority = after(&chain);
    assert!(authority.is_host(&key(1)));
    assert_eq!(authority.next_handover(), 4);
    assert_eq!(authority.accept_handover(&chain[0]), Ok(Change::Unchanged));
}

#[test]
fn only_the_host_at_the_time_hands_over() {
    let mut authority = after(&[handover(1, 1, 2)]);
    assert_eq!(authority.accept_handover(&handover(2, 1, 4)), Err(HandoverError::NotHost), "the former host");
    assert_eq!(authority.accept_handover(&handover(2, 4, 4 + 1)), Err(HandoverError::NotHost));
    let taken = Handover { room: ROOM, epoch: Epoch(2), revision: 2, from: key(2), to: key(4) };
    let taken = Signed::sign(taken, &device(4)).unwrap();
    assert_eq!(authority.accept_handover(&taken), Err(HandoverError::NotHost), "signed by who gets it");
    let elsewhere = Handover { room: RoomId([9; 16]), ..handover(2, 2, 3).statement().clone() };
    let elsewhere = Signed::sign(elsewhere, &device(2)).unwrap();
    assert_eq!(authority.accept_handover(&elsewhere), Err(HandoverError::OtherRoom));
    assert!(authority.is_host(&key(2)));
}

#[test]
fn of_two_that_claim_to_be_host_only_the_one_with_a_whole_chain_is() {
    let chain = [handover(1, 1, 2), handover(2, 2, 3)];
    let mut newcomer = authority();
    assert_eq!(newcomer.accept_handover(&chain[1]), Err(HandoverError::Gap));
    for revision in [0, u64::from(u32::MAX)] {
        assert_eq!(newcomer.accept_handover(&handover(revision, 1, 4)), Err(HandoverError::Gap));
    }
    assert_eq!(newcomer.accept_handover(&chain[0]), Ok(Change::Changed));
    assert_eq!(newcomer.accept_handover(&chain[1]), Ok(Change::Changed));
    assert!(newcomer.is_host(&key(3)));
}

#[test]
fn a_host_that_hands_over_twice_is_reported_and_the_first_stays() {
    let mut authority = after(&[handover(1, 1, 2), handover(2, 2, 3)]);
    assert_eq!(authority.accept_handover(&handover(1, 1, 4)), Err(HandoverError::Conflict));
    assert_eq!(authority.accept_handover(&handover(2, 2, 4)), Err(HandoverError::Conflict));
    assert!(authority.is_host(&key(3)));
}

#[test]
fn a_chain_has_an_end() {
    let turn = |revision: u64| if revision % 2 == 1 { handover(revision, 1, 2) } else { handover(revision, 2, 1) };
    let chain: Vec<_> = (1..=MAX_HANDOVERS as u64).map(turn).collect();
    let mut authority = after(&chain);
    assert_eq!(authority.accept_handover(&turn(MAX_HANDOVERS as u64 + 1)), Err(HandoverError::TooMany));
}

fn take(
    authority: &mut HostAuthority,
    revision: u64,
    co_hosts: &[u8],
    signer: u8,
    present: &[u8],
) -> Result<Change, PolicyError> {
    let present: Vec<_> = present.iter().map(|seed| key(*seed)).collect();
    authority.accept_policy(&Signed::sign(policy(revision, co_hosts), &device(signer)).unwrap(), Epoch(2), &present)
}

#[test]
fn the_first_co_host_who_is_present_acts_while_the_host_is_gone() {
    let mut authority = authority();
    assert_eq!(authority.acting_host(&[key(2)]), None, "no policy names anybody");
    take(&mut authority, 1, &[2, 3], 1, &[1]).unwrap();
    assert_eq!(authority.acting_host(&[key(3), key(2)]), Some(key(2)));
    assert_eq!(authority.acting_host(&[key(3), key(4)]), Some(key(3)));
    assert_eq!(authority.acting_host(&[key(4)]), None);
    assert_eq!(authority.acting_host(&[key(2), key(1)]), None);
    assert_eq!(authority.rank(&key(1), &[]), Some(Rank::Host));
    assert_eq!(authority.rank(&key(2), &[key(2)]), Some(Rank::Acting));
    assert_eq!(authority.rank(&key(3), &[key(2), key(3)]), None);
}

#[test]
fn the_newest_policy_of_the_host_is_in_force() {
    let mut authority = authority();
    assert_eq!(take(&mut authority, 2, &[], 1, &[]), Ok(Change::Changed));
    assert_eq!(take(&mut authority, 2, &[], 1, &[]), Ok(Change::Unchanged));
    assert_eq!(take(&mut authority, 1, &[], 1, &[]), Err(PolicyError::Outdated));
    assert_eq!(take(&mut authority, 2, &[2], 1, &[]), Err(PolicyError::Conflict));
    assert_eq!(take(&mut authority, 3, &[2], 1, &[]), Ok(Change::Changed));
    assert_eq!(take(&mut authority, 4, &[], 2, &[1, 2]), Err(PolicyError::NotHost));
    let old_epoch = Signed::sign(policy(4, &[]), &device(1)).unwrap();
    assert_eq!(authority.accept_policy(&old_epoch, Epoch(3), &[]), Err(PolicyError::OtherEpoch));
    assert_eq!(authority.policy(&[]).unwrap().statement().revision, 3);
    let newer_epoch = Signed::sign(policy(5, &[]), &device(1)).unwrap();
    assert_eq!(authority.accept_policy(&newer_epoch, Epoch(0), &[]), Ok(Change::Changed), "to a newcomer");
}

#[test]
fn an_acting_host_s_policy_ends_with_its_acting_and_names_no_heirs() {
    let mut authority = authority();
    take(&mut authority, 5, &[2, 3], 1, &[1]).unwrap();
    take(&mut authority, 1, &[4], 2, &[2, 3, 4]).unwrap();
    assert_eq!(authority.policy(&[key(2), key(4)]).unwrap().signer(), key(2));
    assert_eq!(authority.policy(&[key(1), key(2)]).unwrap().signer(), key(1), "the host is back");
    assert_eq!(authority.policy(&[key(3), key(4)]).unwrap().signer(), key(1), "another acts");
    assert_eq!(authority.acting_host(&[key(4)]), None);
    // The next acting host counts anew.
    assert_eq!(take(&mut authority, 1, &[], 3, &[3]), Ok(Change::Changed));
}

#[test]
fn a_new_host_s_policies_count_anew_and_the_former_host_s_are_over() {
    let mut authority = authority();
    take(&mut authority, 1 << 50, &[2], 1, &[1]).unwrap();
    authority.accept_handover(&handover(1, 1, 5)).unwrap();
    assert!(authority.policy(&[]).is_none());
    assert_eq!(authority.acting_host(&[key(2)]), None);
    assert_eq!(take(&mut authority, 1, &[], 1, &[1]), Err(PolicyError::NotHost));
    assert_eq!(take(&mut authority, 1, &[], 5, &[1]), Ok(Change::Changed));
}
