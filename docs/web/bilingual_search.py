"""Search in English and Chinese: Chinese has no spaces, so its text is indexed, and asked for, by pairs of characters."""

import re

from sphinx.search.en import SearchEnglish

# A run of Chinese characters, or a word of anything else.
RUNS = re.compile(r"[\u4e00-\u9fff]+|[^\W\u4e00-\u9fff]+")


def is_chinese(word):
    return "\u4e00" <= word[0] <= "\u9fff"


class SearchBoth(SearchEnglish):
    """In the place of Sphinx's English search. Its two halves, below in Python and JavaScript, must split alike."""

    js_splitter_code = """
function splitQuery(query) {
  return (query.match(/[\\u4e00-\\u9fff]+|[[\\p{Letter}\\p{Number}_]--[\\u4e00-\\u9fff]]+/gv) || []).flatMap((run) =>
    /[\\u4e00-\\u9fff]/.test(run) && run.length > 2 ? [...run].slice(1).map((c, i) => run[i] + c) : [run]);
}
"""

    def split(self, text):
        pairs = []
        for run in RUNS.findall(text):
            pairs += [run[i : i + 2] for i in range(len(run) - 1)] if is_chinese(run) and len(run) > 2 else [run]
        return pairs


def setup(app):
    app.add_search_language(SearchBoth)
    return {"parallel_read_safe": True}
