//! Tables and charts of one region, each with a finding that its figures bear out.
//!
//! Where they stand is left to `text`.

use crate::draw::Draw;
use crate::entries::{Entries, listed, quoted};
use crate::facts::{Fact, Figures, YEAR};
use crate::names::{count, han};
use crate::story::Story;

/// A block of a text file: its kind and its keys, whose values are TOML.
#[derive(Debug, Clone)]
pub(crate) struct Plate {
    kind: &'static str,
    keys: Vec<(&'static str, String)>,
}

impl Plate {
    pub(crate) fn new(kind: &'static str, title: impl AsRef<str>) -> Self {
        Self { kind, keys: vec![("title", quoted(title.as_ref()))] }
    }

    pub(crate) fn with(mut self, key: &'static str, value: String) -> Self {
        self.keys.push((key, value));
        self
    }

    pub(crate) fn text(self, key: &'static str, value: impl AsRef<str>) -> Self {
        self.with(key, quoted(value.as_ref()))
    }

    fn list<T: AsRef<str>>(self, key: &'static str, values: &[T]) -> Self {
        self.with(key, listed(values))
    }

    /// Facts with the names that stand beside them.
    fn named(self, facts: &[&Fact], names: &[String]) -> Self {
        let ids: Vec<&str> = facts.iter().map(|fact| fact.id.as_str()).collect();
        self.list("facts", &ids).list("names", names)
    }

    fn rows(self, rows: &[Vec<String>]) -> Self {
        let rows: Vec<String> = rows.iter().map(|row| format!("  {},\n", listed(row))).collect();
        self.with("rows", format!("[\n{}]", rows.concat()))
    }

    /// Writes the block.
    pub(crate) fn write(&self, to: &mut Entries) {
        to.table("[[section.block]]").text("kind", self.kind);
        for (key, value) in &self.keys {
            to.bare(key, value);
        }
    }
}

/// Draws one plate.
pub(crate) type Drawing = fn(&Story, &mut Draw) -> Plate;

/// Of these the first section has some, and the annex the rest.
pub(crate) const ORGANISATION: [Drawing; 6] = [forms, bodies, town_table, pairing, rhythm, tree];

/// Of these the second section has some, and the annex the rest.
pub(crate) const RESULTS: [Drawing; 10] =
    [funds_table, funds, projects, income, income_by_town, bands, progress, needs, problems, events];

/// The largest and the smallest of some facts.
fn ends<'a>(facts: &[&'a Fact]) -> (&'a Fact, &'a Fact) {
    let most = facts.iter().max_by_key(|fact| fact.value).copied();
    let least = facts.iter().min_by_key(|fact| fact.value).copied();
    (most.expect("there are facts"), least.expect("there are facts"))
}

/// The label of a part without the words that all parts share.
fn short(fact: &Fact, shared: &str) -> String {
    fact.what().trim_end_matches(shared).to_owned()
}

fn forms(story: &Story, draw: &mut Draw) -> Plate {
    let parts = story.figures.parts_of("bodies-by-form");
    let names: Vec<String> = parts.iter().map(|part| short(part, "联建的党组织")).collect();
    let most = short(ends(&parts).0, "联建的党组织");
    let name = &story.county.stem;
    let titles =
        [format!("{name}的联建党组织，{most}联成的最多"), format!("按形式分，{name}以{most}联成的居首")];
    Plate::new("segments", draw.one(&titles))
        .text("unit", "个")
        .named(&parts, &names)
        .text("note", format!("一个组织只按{name}定的主要形式计一次。"))
}

fn bodies(story: &Story, draw: &mut Draw) -> Plate {
    let parts = story.figures.parts_of("bodies-by-town");
    let names: Vec<String> = parts.iter().map(|part| short(part, "的联建党组织")).collect();
    let (most, least) = ends(&parts);
    let (most, least) = (short(most, "的联建党组织"), short(least, "的联建党组织"));
    let titles = [format!("{most}的联建党组织不比别处少"), format!("联建党组织，{most}在前，{least}在后")];
    let note = format!("合计是{}的全部联建党组织。", story.county.name);
    Plate::new("bars", draw.one(&titles)).text("unit", "个").named(&parts, &names).text("note", &note)
}

fn town_table(story: &Story, draw: &mut Draw) -> Plate {
    let rows: Vec<Vec<String>> = story
        .towns
        .iter()
        .map(|town| {
            let income = format!("income-{}", town.id);
            let known = story.figures.facts.iter().any(|fact| fact.id == income);
            let income = if known { format!("{{{income}.n}}") } else { "—".to_owned() };
            let lead = story.villages.iter().find(|village| village.parent.as_ref() == Some(&town.id));
            let lead = lead.map_or("—", |village| village.name.as_str());
            let bodies = format!("{{bodies-{}.n}}", town.id);
            vec![town.name.clone(), bodies, income, lead.to_owned(), story.method(draw)]
        })
        .collect();
    Plate::new("table", format!("{}{}个乡镇，联建的路数不同", story.county.stem, han(rows.len())))
        .list(
            "columns",
            &["乡镇、街道", "联建党组织（个）", "村均集体收入（万元）", "常去的村", "用得多的办法"],
        )
        .list("align", &["left", "center", "decimal", "left", "left"])
        .rows(&rows)
        .text("note", format!("办法一列照{}各乡镇材料的次序取第一个。", story.county.stem))
}

fn pairing(story: &Story, draw: &mut Draw) -> Plate {
    let name = &story.county.stem;
    let titles = [format!("{name}的单位连到村和社区"), format!("结对由单位牵起，连到{name}的村和社区")];
    let links = ["签约结对", "一年一签", "结对共建"];
    Plate::new("pairing", draw.one(&titles))
        .list("left", &["paired-units"])
        .list("right", &["paired-villages"])
        .list("names", &["结对单位".to_owned(), format!("{name}结对的村和社区")])
        .text("link", draw.one(&links))
        .text("note", format!("一家单位可以结对几处；{}另有约定。", draw.one(&story.towns).name))
}

fn rhythm(story: &Story, draw: &mut Draw) -> Plate {
    const CELLS: [(&str, [&str; 4]); 5] = [
        ("周", ["走访", "卫生清整", "报需求", ""]),
        ("月", ["提醒调度", "积分兑换", "联合党日", "碰头会"]),
        ("季", ["交叉互看", "评户", "账目公开", ""]),
        ("半年", ["现场推进", "培训", "", "评支部"]),
        ("年", ["观摩评议", "换约", "", "述职"]),
    ];
    let count = draw.between(2, 4) as usize;
    let mut names = vec![story.county.name.clone()];
    names.extend(draw.some(&story.towns, 2).into_iter().map(|town| town.name));
    names.extend(draw.some(&story.villages, 1).into_iter().map(|village| village.name));
    names.truncate(count);
    let (first, last) = (&story.county.stem, &names[names.len() - 1]);
    let title = format!("从{first}到{last}，各有各的节拍");
    let rows: Vec<Vec<String>> = names
        .iter()
        .map(|name| {
            let cells = CELLS.iter().map(|(_, cells)| (*draw.one(cells)).to_owned());
            std::iter::once(name.clone()).chain(cells).collect()
        })
        .collect();
    Plate::new("rhythm", &title)
        .list("columns", &CELLS.map(|(beat, _)| beat))
        .rows(&rows)
        .text("note", format!("圆点为{}的材料写明，短横为未载。", story.county.stem))
}

fn tree(story: &Story, draw: &mut Draw) -> Plate {
    let parts = story.figures.parts_of("bodies-by-form");
    let boxes: Vec<String> = parts.iter().map(|part| short(part, "联建的党组织")).collect();
    let (joint, last) = (listed(&boxes), *draw.one(&["stated", "not-stated"]));
    let levels = format!(
        "[\n  {{ fact = \"paired-units\", boxes = [\"结对单位\"] }},\n  {{ fact = \"joint-bodies\", boxes = {joint}, link = \"stated\" }},\n  {{ fact = \"paired-villages\", boxes = [\"村\", \"社区\"], link = \"{last}\" }},\n]"
    );
    Plate::new("tree", format!("{}的联建分三层，中间一层是联建党组织", story.county.stem))
        .with("levels", levels)
        .text("note", format!("不按比例。虚线：{}的材料没有写是否包含。", story.county.stem))
}

fn funds_table(story: &Story, draw: &mut Draw) -> Plate {
    const USES: [&str; 6] =
        ["道路和水渠", "冷库和车间", "培训和服务", "苗木和农机", "场所修缮", "贴息和保险"];
    let parts = story.figures.parts_of("funds-by-origin");
    let uses = draw.shuffled(&USES);
    let rows: Vec<Vec<String>> = parts
        .iter()
        .zip(uses)
        .map(|(part, to)| {
            let towns = draw.some(&story.towns, 2);
            let where_to = format!("{}、{}", towns[0].name, towns[1].name);
            vec![short(part, "投入"), format!("{{{}.n}}", part.id), to.to_owned(), where_to]
        })
        .collect();
    let most = short(ends(&parts).0, "投入");
    let title = format!("{}的项目投入，{most}出得最多", story.county.stem);
    Plate::new("table", &title)
        .list("columns", &["来源", "金额（万元）", "主要用在", "写到的乡镇"])
        .list("align", &["left", "decimal", "left", "left"])
        .rows(&rows)
        .text("note", format!("合计是{}的项目投入；分乡镇的数未载。", story.county.stem))
}

fn funds(story: &Story, _: &mut Draw) -> Plate {
    let parts = story.figures.parts_of("funds-by-origin");
    let names: Vec<String> = parts.iter().map(|part| short(part, "投入")).collect();
    let title = format!("{}项目的钱分{}笔来", story.county.stem, count(parts.len()));
    let note = format!("{}的材料没有写各笔到账的日期。", story.county.stem);
    Plate::new("segments", &title).text("unit", "万元").named(&parts, &names).text("note", note)
}

fn facts<'a>(figures: &'a Figures, ids: &[&str]) -> Vec<&'a Fact> {
    ids.iter().map(|id| figures.fact(id)).collect()
}

fn projects(story: &Story, draw: &mut Draw) -> Plate {
    let facts = facts(&story.figures, &["projects-planned", "projects-started", "projects-finished"]);
    let left = (facts[1].value.0 - facts[2].value.0) / 10;
    let title = format!("{}开了工的项目，有{{={left}个}}没有完工", story.county.stem);
    let note = format!("没有完工的，材料写到{}。", draw.one(&story.towns).name);
    Plate::new("ladder", &title)
        .text("unit", "个")
        .named(&facts, &["计划", "开工", "完工"].map(String::from))
        .text("note", &note)
}

fn income(story: &Story, draw: &mut Draw) -> Plate {
    let facts = story.figures.facts.iter().filter(|fact| fact.id.starts_with("village-income-2"));
    let ids: Vec<&str> = facts.map(|fact| fact.id.as_str()).collect();
    let name = &story.county.stem;
    let titles = [format!("{name}的村均集体收入逐年上升"), format!("{name}各村的收入一年比一年多")];
    Plate::new("trend", draw.one(&titles))
        .list("facts", &ids)
        .text("note", format!("{name}的村数各年相同与否未载。"))
}

fn income_by_town(story: &Story, _: &mut Draw) -> Plate {
    let parts = story.figures.parts_of("income-by-town");
    let names: Vec<String> = parts.iter().map(|part| short(part, "的村均集体收入")).collect();
    let (most, least) = ends(&parts);
    let words = |fact| short(fact, "的村均集体收入");
    let title = format!("写到的{}个乡镇，{}最高，{}最低", count(parts.len()), words(most), words(least));
    Plate::new("bars", &title)
        .text("unit", "万元")
        .named(&parts, &names)
        .text("note", format!("{}其余乡镇未载。", story.county.stem))
}

fn bands(story: &Story, _: &mut Draw) -> Plate {
    let parts = story.figures.parts_of("income-bands");
    let words = |fact: &Fact| fact.what().replace("村集体年收入", "").replace("的村", "");
    let names: Vec<String> = parts.iter().map(|part| words(part)).collect();
    let title = format!("{}的村，年收入{}的占比最大", story.county.stem, words(ends(&parts).0));
    let note = format!("{}的村数见正文。", story.county.stem);
    Plate::new("segments", &title).text("unit", "%").named(&parts, &names).text("note", note)
}

fn progress(story: &Story, draw: &mut Draw) -> Plate {
    let name = &story.county.stem;
    let pairs = draw.shuffled(&[
        format!("  {{ name = \"{name}的需求\", done = \"needs-done\", due = \"needs-received\" }},\n"),
        format!(
            "  {{ name = \"{name}的项目\", done = \"projects-finished\", due = \"projects-planned\" }},\n"
        ),
        format!("  {{ name = \"{name}的问题\", done = \"problems-mended\", due = \"problems-due\" }},\n"),
    ]);
    let title = ["需求、项目、问题各办到哪一步", "三本账各办了多少"];
    Plate::new("progress", format!("{name}：{}", draw.one(&title)))
        .with("pairs", format!("[\n{}]", pairs.concat()))
        .text("note", format!("{name}的三本账各管各的，不相加。"))
}

fn needs(story: &Story, _: &mut Draw) -> Plate {
    let parts = story.figures.parts_of("needs-by-kind");
    let names: Vec<String> = parts.iter().map(|part| short(part, "需求")).collect();
    let (most, least) = ends(&parts);
    let title =
        format!("{}收到的需求，{}多，{}少", story.county.stem, short(most, "需求"), short(least, "需求"));
    let note = format!("各类合起来是{}收到的全部需求。", story.county.stem);
    Plate::new("bars", &title).text("unit", "件").named(&parts, &names).text("note", note)
}

fn problems(story: &Story, draw: &mut Draw) -> Plate {
    let facts = facts(&story.figures, &["problems-found", "problems-due", "problems-mended"]);
    let towns = draw.some(&story.towns, 2);
    let title = format!("{}与{}互查在内，到期的问题大半改好", towns[0].name, towns[1].name);
    let note = format!("{}没有到期的问题不在后两数里。", story.county.stem);
    Plate::new("ladder", &title)
        .text("unit", "个")
        .named(&facts, &["发现", "到期", "改好"].map(String::from))
        .text("note", note)
}

fn events(story: &Story, _: &mut Draw) -> Plate {
    let facts = story.figures.facts.iter().filter(|fact| fact.id.starts_with("events"));
    let ids: Vec<&str> = facts.map(|fact| fact.id.as_str()).collect();
    let (now, before) =
        (story.figures.fact("events").value, story.figures.fact(&format!("events-{}", YEAR - 1)).value);
    let way = match now.cmp(&before) {
        std::cmp::Ordering::Greater => "比上年多",
        std::cmp::Ordering::Equal => "与上年持平",
        std::cmp::Ordering::Less => "比上年少",
    };
    let note = format!("{}与邻县合办的不在此数。", story.county.stem);
    Plate::new("trend", format!("{}的联办活动{way}", story.county.stem))
        .list("facts", &ids)
        .text("note", note)
}

/// What only some regions have, in a table.
pub(crate) fn extras(story: &Story, draw: &mut Draw) -> Option<Plate> {
    let chosen = draw.some(&story.figures.extras, 7);
    if chosen.len() < 3 {
        return None;
    }
    let rows: Vec<Vec<String>> = chosen
        .iter()
        .map(|extra| {
            let scope =
                if story.figures.fact(extra.id).coverage == "whole" { "全县" } else { "部分乡镇" };
            let near = format!("{}、{}", draw.one(&story.towns).name, draw.one(&story.villages).name);
            vec![extra.label.to_owned(), format!("{{{}}}", extra.id), scope.to_owned(), near]
        })
        .collect();
    let title = format!("{}另记{}件事，口径各是各", story.county.stem, han(rows.len()));
    Some(
        Plate::new("table", &title)
            .list("columns", &["事项", "数量", "范围", "材料写到的地方"])
            .list("align", &["left", "right", "center", "left"])
            .rows(&rows)
            .text("note", format!("{}的这几件事不同类，不相加。", story.county.stem)),
    )
}

/// Accounts of single villages.
pub(crate) fn villages(story: &Story) -> Option<Plate> {
    if story.figures.parts_of("village-land").is_empty() {
        return None;
    }
    let rows: Vec<Vec<String>> = story
        .villages
        .iter()
        .map(|village| {
            let town = story.towns.iter().find(|town| Some(&town.id) == village.parent.as_ref());
            let town = town.map_or("—", |town| town.name.as_str()).to_owned();
            let figure = |of: &str| format!("{{{of}-{}.n}}", village.id);
            vec![village.name.clone(), town, figure("earnings"), figure("land")]
        })
        .collect();
    let title = format!("{}走访的村，收入和经营的地各有多少", story.county.stem);
    Some(
        Plate::new("table", &title)
            .list("columns", &["村", "所在", "集体收入（万元）", "合作社经营土地（亩）"])
            .list("align", &["left", "left", "decimal", "decimal"])
            .rows(&rows)
            .text("note", format!("只代表{}走访的村。", story.county.name)),
    )
}

/// What is planned.
pub(crate) fn steps(story: &Story, draw: &mut Draw) -> Plate {
    let towns = draw.some(&story.towns, 3);
    let year = YEAR + 1;
    let steps = [
        format!("  {{ when = \"{{={year}年春}}\", what = \"{}补签结对约定\" }},\n", towns[0].name),
        format!("  {{ when = \"{{={year}年夏}}\", what = \"{}的项目开工\" }},\n", towns[1].name),
        format!("  {{ when = \"{{={year}年秋}}\", what = \"到{}核对台账\" }},\n", towns[2].name),
        format!("  {{ when = \"{{={year}年底}}\", what = \"开工{{projects-target}}\", target = true }},\n"),
    ];
    Plate::new("steps", format!("{}明年分四步走", story.county.stem))
        .with("steps", format!("[\n{}]", steps.concat()))
}
