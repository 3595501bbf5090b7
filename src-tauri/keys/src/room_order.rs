//! What a host has the room's server do: signed like a statement, but for the server's eyes.
//!
//! Who speaks for the host shows it by credentials: the handovers from the device of H on, then, for a co-host, the
//! host's policy that names it. A server can't tell whether the host is gone, so to it a co-host always may order.

use conclave_protocol::bytes::BoundedBytes;
use conclave_protocol::ids::{DevicePublicKey, DeviceSignature, HostKeyHash};
use conclave_protocol::signalling::{Credential, Credentials, ORDER_DOMAIN, RoomOrder, SignedOrder};
use thiserror::Error;

use crate::canonical::Canonical;
use crate::identity::{DeviceIdentity, DeviceKey};
use crate::statement::authority::{Change, HostAuthority};
use crate::statement::handover::Handover;
use crate::statement::policy::Policy;
use crate::statement::{AnyStatement, Signed};

/// Why an order is nobody's who may give it, or is not one that can be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RoomOrderError {
    /// Its key doesn't speak for the room's host.
    #[error("the key is not the host's")]
    NotTheHost,
    /// Its signature is not the key's, or not over this.
    #[error("the signature is wrong")]
    Forged,
    /// Signed, but no order.
    #[error("the order is malformed")]
    Malformed,
    /// Longer than an order may be, when it was to be signed.
    #[error("the order says more than one can")]
    Unsayable,
}

/// Signs an order. The handovers are those up to the signer or its host; the policy is the host's that names the signer
/// as a co-host.
///
/// # Errors
/// [`RoomOrderError::Unsayable`].
pub fn sign(
    order: &RoomOrder,
    identity: &DeviceIdentity,
    handovers: &[Signed<Handover>],
    policy: Option<&Signed<Policy>>,
) -> Result<SignedOrder, RoomOrderError> {
    let statements = handovers.iter().map(Signed::to_bytes).chain(policy.map(Signed::to_bytes));
    let credentials = statements.map(Credential::new).collect::<Result<Vec<_>, _>>();
    let credentials = credentials.map_err(|_| RoomOrderError::Unsayable)?;
    let credentials = Credentials::try_from(credentials).map_err(|_| RoomOrderError::Unsayable)?;
    let body = BoundedBytes::new(order.to_json()).map_err(|_| RoomOrderError::Unsayable)?;
    let key = identity.public_key();
    let signature = identity.sign(&signed_bytes(&key, body.as_slice()));
    Ok(SignedOrder { key: DevicePublicKey(*key.as_bytes()), body, signature: DeviceSignature(signature), credentials })
}

/// What is ordered, if the order's key speaks for the host and signed it. Whether it is for this room, this connection
/// and for the first time is for the server to say.
///
/// # Errors
/// [`RoomOrderError::NotTheHost`], [`RoomOrderError::Forged`], [`RoomOrderError::Malformed`].
pub fn verify(host: HostKeyHash, signed: &SignedOrder) -> Result<RoomOrder, RoomOrderError> {
    // The cheapest check comes first, as anybody may make a server do it.
    if signed.credentials.as_slice().is_empty() && hash(signed.key) != host {
        return Err(RoomOrderError::NotTheHost);
    }
    let key = DeviceKey::from_bytes(signed.key.0).map_err(|_| RoomOrderError::Forged)?;
    let body = signed.body.as_slice();
    if !key.has_signed(&signed_bytes(&key, body), &signed.signature.0) {
        return Err(RoomOrderError::Forged);
    }
    let order: RoomOrder = serde_json::from_slice(body).map_err(|_| RoomOrderError::Malformed)?;
    if speaks_for_host(&key, host, &order, signed.credentials.as_slice()) {
        Ok(order)
    } else {
        Err(RoomOrderError::NotTheHost)
    }
}

/// Follows the credentials from H to the key. All of them are needed: what is superfluous is no credential.
fn speaks_for_host(key: &DeviceKey, host: HostKeyHash, order: &RoomOrder, credentials: &[Credential]) -> bool {
    let mut authority = HostAuthority::new(order.room, host);
    let mut rest = credentials.iter();
    while let Some(credential) = rest.next() {
        match AnyStatement::parse(credential.as_slice()) {
            Ok(AnyStatement::Handover(handover)) => {
                if authority.accept_handover(&handover) != Ok(Change::Changed) {
                    return false;
                }
            }
            Ok(AnyStatement::Policy(policy)) => {
                let names = policy.statement().co_hosts.contains(key);
                let of_the_room = policy.statement().room == order.room;
                return rest.len() == 0 && names && of_the_room && authority.is_host(&policy.signer());
            }
            Ok(AnyStatement::Admission(_) | AnyStatement::Removal(_)) | Err(_) => return false,
        }
    }
    authority.is_host(key)
}

/// The hash of whatever bytes stand where a key should.
fn hash(key: DevicePublicKey) -> HostKeyHash {
    crate::identity::key_hash(&key.0)
}

fn signed_bytes(key: &DeviceKey, body: &[u8]) -> Vec<u8> {
    Canonical::new(ORDER_DOMAIN).bytes(key.as_bytes()).bytes(body).finish()
}

#[cfg(test)]
mod tests;
