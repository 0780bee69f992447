//! The shipped documents, made once for all tests that read them.

use std::path::PathBuf;
use std::sync::OnceLock;

use crate::project::Project;
use crate::tools::have;

/// The shipped workspace with all its documents.
pub(crate) struct Shipped {
    pub(crate) project: Project,
    /// Paths within `reports/`, without extension, sorted.
    pub(crate) names: Vec<String>,
}

impl Shipped {
    /// Makes all documents, or hands over those that another test made; none where something is missing.
    pub(crate) fn made(needs: &[&str]) -> Option<&'static Self> {
        static MADE: OnceLock<Shipped> = OnceLock::new();
        let needs: Vec<&str> = needs.iter().copied().chain(["faces"]).collect();
        have(&needs).then(|| MADE.get_or_init(Self::make))
    }

    /// Every document in every language, as those who read it get it; none where something is missing.
    pub(crate) fn in_all_languages(needs: &[&str]) -> Vec<(&'static Self, &'static str)> {
        static TRADITIONAL: OnceLock<Shipped> = OnceLock::new();
        static ENGLISH: OnceLock<Shipped> = OnceLock::new();
        let Some(simplified) = Self::made(needs) else { return Vec::new() };
        let traditional = TRADITIONAL.get_or_init(|| Self::make_in("zh-Hant"));
        let english = ENGLISH.get_or_init(|| Self::make_in("en"));
        let all = [simplified, traditional, english].into_iter();
        all.flat_map(|shipped| shipped.names.iter().map(move |name| (shipped, name.as_str()))).collect()
    }

    fn make() -> Self {
        Self::make_in("zh-Hans")
    }

    fn make_in(language: &str) -> Self {
        let project = Project::shipped();
        let run = project.generate(["--all", "--jobs", "2", "--lang", language]);
        run.ok();
        let files = project.files("reports");
        let names: Vec<String> =
            files.iter().filter_map(|f| Some(f.strip_suffix(".pdf")?.to_owned())).collect();
        assert!(names.len() >= 5, "four regions and a comparison: {names:?}\n{}", run.stderr);
        Self { project, names }
    }

    /// The PDF of a document.
    pub(crate) fn pdf(&self, name: &str) -> PathBuf {
        self.project.path(format!("reports/{name}.pdf"))
    }

    /// Every PDF.
    pub(crate) fn pdfs(&self) -> impl Iterator<Item = PathBuf> {
        self.names.iter().map(|name| self.pdf(name))
    }

    /// The view that lies beside a PDF.
    pub(crate) fn view(&self, name: &str) -> serde_json::Value {
        serde_json::from_str(&self.project.read(&format!("reports/{name}.json"))).expect("a view is JSON")
    }
}
