//! stub
/// stub
pub fn run() -> std::process::ExitCode { let _ = (crate::serve::start, crate::serve::Started::run); std::process::ExitCode::SUCCESS }
