//! Figures in the language of an edition: what the table says stands in the SVG, in its description and in the pixels.

#[path = "common/page.rs"]
mod page;

use std::path::{Path, PathBuf};
use std::process::Command;

use dlnotes::prelude::*;
use roxmltree::Document;

/// Draws in a process of its own: a table is read once.
fn drawn(test: &str, variable: Option<&Path>, folder: &Path) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--ignored", "--exact", "--nocapture", test]).current_dir(folder).env_remove("DLNOTES_FIGURE_WORDS");
    if let Some(path) = variable {
        command.env("DLNOTES_FIGURE_WORDS", path);
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap()
}

fn chinese() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../notebooks/zh")
}

fn figure() -> dlnotes::plot::Figure {
    let losses = [[20.0, 3.0, 0.5], [25.0, 4.0, 0.9]];
    plot([1, 2, 3], losses).legend(["train", "test"]).xlabel("epoch").ylabel("loss").title("degree 3").ylog()
}

#[test]
#[ignore = "run by the others, in a folder with a table"]
fn child() {
    let network = network([2, 3, 1]).labels(["input", "hidden", "output"]).drop(1, [0]);
    let page = frames(slider(0..=1).label("degree"), |degree| degree);
    println!("{}\n{}\n{network}\n{}", figure().to_svg(), figure(), page.summary());
}

#[test]
fn a_table_in_the_folder_is_found() {
    let said = drawn("child", None, &chinese());
    let svg = &said[said.find("<svg").unwrap()..said.find("</svg>").unwrap() + 6];
    let document = Document::parse(svg).unwrap();
    let texts: Vec<String> = document
        .descendants()
        .filter(|node| node.has_tag_name(("http://www.w3.org/2000/svg", "text")))
        .map(|node| node.descendants().filter_map(|part| if part.is_text() { part.text() } else { None }).collect())
        .collect();
    for word in ["训练", "测试", "轮数", "损失", "3 次"] {
        assert!(texts.iter().any(|text| text == word), "{word} in {texts:?}");
    }
    assert_eq!(page::unseen_texts(svg), Vec::<String>::new());
    let told = "3 次：损失随轮数的变化（从 1 到 3），y 轴取对数：训练从 20 降到 0.5；测试从 25 降到 0.9。";
    assert!(said.contains(&format!("<desc>{told}</desc>")) && said.contains(&format!("\n{told}\n")), "{said}");
    assert!(said.contains("\n各层单元数为 2、3 和 1 的网络（输入层、隐藏层、输出）；丢弃 h1。\n"), "{said}");
    assert!(said.contains("\n次数 = 0（2 个位置，0 到 1）：0\n"), "{said}");
}

#[test]
fn a_variable_names_another_table_and_nothing_changes_without_one() {
    let folder = std::env::temp_dir().join(format!("dlnotes-figure-words-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let table = folder.join("german.toml");
    std::fs::write(
        &table,
        "[words]\n\"epoch\" = \"Epoche\"\n[sentences]\n\"falls from {} to {}\" = \"fällt von {} auf {}\"\n",
    )
    .unwrap();
    let german = drawn("child", Some(&table), &folder);
    assert!(german.contains("loss over Epoche from 1 to 3 (log y axis): train fällt von 20 auf 0.5; "), "{german}");

    let english = drawn("child", None, &folder);
    assert!(
        english.contains(&figure().to_svg()) && english.contains("\nNetwork of 2, 3 and 1 units (input, "),
        "{english}"
    );

    std::fs::write(&table, "epoch = \"Epoche\"\n").unwrap();
    let wrong = drawn("child", Some(&table), &folder);
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(wrong.contains(&figure().to_svg()), "{wrong}");
    assert_eq!(wrong.matches("german.toml: line 1 isn't a row like").count(), 1, "told once: {wrong}");
}
