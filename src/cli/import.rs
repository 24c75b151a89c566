//! tmp
/// tmp
#[derive(Debug, clap::Args)]
pub struct Args {}
/// tmp
pub async fn run(
    _c: &super::config::Config,
    _l: crate::words::Locale,
    _a: Args,
) -> Result<(), super::output::Failure> {
    Ok(())
}
