//! The host's powers, and what others do in vain.
