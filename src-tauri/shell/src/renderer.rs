//! How WebKitGTK brings its pages to the screen.

/// WebKitGTK's way over DMA-BUF is several times slower where graphics are done in software, and shows nothing at all
/// with some drivers. Unless somebody has decided otherwise, it is turned off. As it is read from the environment, which
/// a running program can't change safely, the program is started again in its own place.
#[cfg(target_os = "linux")]
pub(crate) fn choose() {
    use std::os::unix::process::CommandExt as _;

    const VARIABLE: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
    if std::env::var_os(VARIABLE).is_some() {
        return;
    }
    if let Ok(program) = std::env::current_exe() {
        let mut arguments = std::env::args_os();
        let mut again = std::process::Command::new(program);
        if let Some(name) = arguments.next() {
            again.arg0(name);
        }
        // Only returns when it fails: then the app runs, more slowly.
        let _ = again.args(arguments).env(VARIABLE, "1").exec();
    }
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn choose() {}
