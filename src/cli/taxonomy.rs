//! tmp
/// tmp
#[derive(Debug, clap::Args)]
pub struct Args {}
/// tmp
pub async fn run(
    _a: Args,
    _c: &crate::service::Ctx,
    _o: &mut impl std::io::Write,
) -> Result<(), super::output::Failure> {
    Ok(())
}
