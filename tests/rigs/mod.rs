//! Rigs: each starts something real, gives it as a handle, and takes it away when the handle is dropped.

