//! What can be typed about what documents are made from besides data: house styles, and the lock.
//!
//! What is typed with every verb, `--style` among it, is left to `args`.

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum TemplateCommand {
    /// List the styles, each with what it builds on
    List,
    /// Say which file comes from which folder, and what of the theme each folder sets
    Show(TemplateName),
    /// Set every sample with a style, and say what is wrong with its templates
    Test(TemplateName),
}

#[derive(Debug, clap::Args)]
pub(crate) struct TemplateName {
    /// The style [default: the one in effect]
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Lock {
    /// Write nothing, and list what is not as it was locked
    #[arg(long)]
    pub check: bool,
}
