//! The own words of one region: first page, sections and the annex of charts and tables.
//!
//! Sentences are left to `story`, tables and charts to `plates`.

use crate::draw::Draw;
use crate::entries::Entries;
use crate::facts::Figures;
use crate::plates::{self, Drawing, Plate};
use crate::story::Story;

/// The cells of the first page: figure, and what is said beside it.
const CELLS: [(&str, &str); 10] = [
    ("joint-bodies", "模式{joint-modes}、清单{lists}"),
    ("paired-villages", "占全县{paired-share}"),
    ("project-funds", "开工项目{projects-started}"),
    ("needs-done", "收到{needs-received}"),
    ("events", "培训班{training-classes}"),
    ("problems-mended", "到期应改{problems-due}"),
    ("projects-finished", "计划{projects-planned}"),
    ("village-income-2025", "上年{village-income-2024}"),
    ("sent-cadres", "结对单位{paired-units}"),
    ("trained", "推算每期{trained-per-class}"),
];

/// Writes the text of a region.
pub(crate) fn text(story: &Story, breadth: i64, draw: &mut Draw) -> String {
    let (name, stem) = (&story.county.name, &story.county.stem);
    let mut to = Entries::new("合成数据，仅供测试：地名、数字和事情都是程序编出来的。");
    let titles = [
        format!("{name}党建联建情况（合成）"),
        format!("{name}联建做法与数字（合成）"),
        format!("{name}村企联建一年（合成）"),
        format!("{name}：从结对到联建（合成）"),
    ];
    to.text("title", draw.one(&titles));
    to.text("subtitle", format!("据{stem}{{=2024、2025年}}三份合成资料整理"));
    to.text("note", note(story, draw));
    to.text("lead", lead(story, draw));
    let cells = draw.shuffled(&CELLS);
    for (fact, more) in &cells[..if draw.chance(75) { 6 } else { 3 }] {
        to.table("[[glance]]").text("fact", fact).text("more", more);
    }
    let mut annex = Vec::new();
    let (first, second) = match breadth {
        0 => (1, 2),
        _ => (2, draw.between(2, 3) as usize),
    };
    let (body, rest) = chosen(&plates::ORGANISATION, first, story, draw);
    organisation(story, body, &mut to, draw);
    annex.extend(rest);
    let (body, rest) = chosen(&plates::RESULTS, second, story, draw);
    results(story, body, &mut to, draw);
    annex.extend(rest);
    cases(story, &mut to, draw);
    targets(story, &mut to, draw);
    let heading = ["资料没有说的", "材料里缺的", "还不能回答的"].map(|what| format!("{stem}：{what}"));
    to.table("[[section]]").text("heading", draw.one(&heading));
    let gaps = story.paragraph("gaps", 1, draw) + &story.paragraph("gaps-end", 1, draw);
    prose(None, &gaps, &mut to);
    annex.extend(plates::extras(story, draw));
    annex.extend(plates::villages(story));
    let annex = draw.shuffled(&annex);
    let shown = draw.between(breadth, 3) as usize;
    if shown > 0 {
        to.table("[[section]]").bare("annex", true);
    }
    for plate in annex.iter().take(shown) {
        plate.write(&mut to);
    }
    to.finish()
}

/// So many of some drawings for the body, and the others.
fn chosen(all: &[Drawing], body: usize, story: &Story, draw: &mut Draw) -> (Vec<Plate>, Vec<Plate>) {
    let mut plates: Vec<Plate> = draw.shuffled(all).into_iter().map(|drawing| drawing(story, draw)).collect();
    let rest = plates.split_off(body);
    (plates, rest)
}

fn note(story: &Story, draw: &mut Draw) -> String {
    let name = &story.county.name;
    let town = &draw.one(&story.towns).name;
    let notes = [
        format!("合成数据，仅供测试：{name}和{town}都不存在，数字和事情由程序编出，请勿引用。"),
        format!("本期由程序合成，仅供测试。{name}是虚构的，{town}的事也是虚构的，请勿引用。"),
        format!("{name}、{town}等地名都是虚构的，数字由程序编出，只用来测试，请勿引用。"),
    ];
    draw.one(&notes).clone()
}

fn lead(story: &Story, draw: &mut Draw) -> String {
    ["lead", "lead-count", "lead-end"].map(|part| story.paragraph(part, 1, draw)).concat()
}

fn prose(lead: Option<&str>, text: &str, to: &mut Entries) {
    to.table("[[section.block]]").text("kind", "prose").maybe("lead", lead).text("text", text);
}

fn organisation(story: &Story, plates: Vec<Plate>, to: &mut Entries, draw: &mut Draw) {
    let stem = &story.county.stem;
    let headings = [
        format!("怎样联：{stem}的几种办法"),
        format!("怎样联：从{}做起", draw.one(&story.towns).stem),
        format!("怎样联：{stem}先结对、后合办"),
    ];
    to.table("[[section]]").text("heading", draw.one(&headings));
    let mut sentences = story.sentences("organisation", 3 * plates.len(), draw).into_iter();
    for (at, plate) in plates.iter().enumerate() {
        let lead = ["（一）组织。", "（二）结对。", "（三）节拍。"][at.min(2)];
        let count = draw.between(2, 3) as usize;
        let text: String = sentences.by_ref().take(count).collect();
        prose(Some(lead), &text, to);
        plate.write(to);
    }
}

fn results(story: &Story, plates: Vec<Plate>, to: &mut Entries, draw: &mut Draw) {
    let stem = &story.county.stem;
    let headings = [
        format!("联出什么：{stem}的几本账"),
        format!("联出什么：钱、事、人，{stem}各记各的"),
        format!("联出什么：{}有数，{}待补", draw.one(&story.towns).stem, draw.one(&story.villages).stem),
    ];
    to.table("[[section]]").text("heading", draw.one(&headings));
    let subjects = draw.shuffled(&[("economy", "产业"), ("governance", "办事"), ("people", "队伍")]);
    for (at, plate) in plates.iter().enumerate() {
        if let Some((subject, name)) = subjects.get(at) {
            let lead = format!("（{}）{name}。", crate::names::han(at + 1));
            let count = draw.between(2, 3) as usize;
            prose(Some(&lead), &story.paragraph(subject, count, draw), to);
        }
        plate.write(to);
    }
}

fn cases(story: &Story, to: &mut Entries, draw: &mut Draw) {
    let count = crate::names::count(story.cases.len());
    let first = &story.cases[0];
    let headings = [
        format!("{count}个点：{}和别处", first.place.stem),
        format!("{count}个点：{}各解一类难题", story.county.stem),
        format!("{count}个点：从{}的{}说起", first.place.stem, first.topic),
    ];
    to.table("[[section]]").text("heading", draw.one(&headings));
    let topics: Vec<&str> = story.cases.iter().map(|case| case.topic).collect();
    let title = format!("{}：{}，都由两个村合办", story.county.stem, topics.join("、"));
    Plate::new("cases", &title).text("note", format!("各点只代表{}写到的村。", story.county.stem)).write(to);
}

fn targets(story: &Story, to: &mut Entries, draw: &mut Draw) {
    let stem = &story.county.stem;
    let year = crate::facts::YEAR + 1;
    let items = [
        format!(
            "{stem}结对的村和社区：到{{={year}年底}}达到{{paired-villages-target}}，上年底是{{paired-villages}}。"
        ),
        format!("{stem}开工的联建项目：{{={year}年}}{{projects-target}}，上年是{{projects-started}}。"),
        format!(
            "{stem}村均集体收入：{{={year}年}}{{village-income-target}}，上年是{{village-income-2025}}。"
        ),
    ];
    let items = draw.some(&items, 2);
    let headings = [format!("目标：{stem}定了数的有{{=三项}}"), format!("目标：{stem}往前走一步")];
    to.table("[[section]]").text("heading", draw.one(&headings));
    if draw.chance(40) {
        plates::steps(story, draw).write(to);
    }
    to.table("[[section.block]]").text("kind", "targets").list("items", &items);
}

/// What a comparison prints for a region.
pub(crate) fn practices(figures: &Figures, draw: &mut Draw, to: &mut Entries) {
    const TEXTS: [(&str, &str); 6] = [
        ("joint-body", "{joint-bodies}"),
        ("unit-pairing", "{paired-units}"),
        ("lists", "{lists}"),
        ("projects", "{projects-started}"),
        ("cross-check", "发现{problems-found}"),
        ("key-training", "{training-classes}"),
    ];
    let count = draw.between(4, 6) as usize;
    for (id, words) in draw.some(&TEXTS, count) {
        let stated = if figures.extras.len() > 12 || draw.chance(70) { "full" } else { "similar" };
        to.table("[[practice]]").text("id", id).text("stated", stated).text("text", words);
    }
}
