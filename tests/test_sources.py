"""Habits of the code that a linter does not know."""

import ast
import re
import subprocess

import pytest
from source_tree import ROOT, SourceFile, call_name, constant, refuse

TEXT_FILES = {
    *(".py", ".xml", ".csv", ".js", ".scss", ".css", ".cjs", ".mjs", ".json"),
    *(".md", ".rst", ".toml", ".yaml", ".yml", ".cfg", ".conf", ".txt", ".sh"),
    *(".po", ".pot", ".svg", ""),
}
QUERIES = (
    "search",
    "search_count",
    "search_read",
    "search_fetch",
    "create",
    "_read_group",
    "read_group",
    "web_search_read",
)

# Queries that run in a loop on purpose: `addon/file:function`, and why.
LOOPS_WITH_A_REASON = {
    "qifei_aftersales/models/qifei_history_mixin.py:_get_history": (
        "one query for each kind of event, which are a fixed few"
    ),
    "qifei_aftersales/models/qifei_import_mixin.py:_find_import_xml_ids": (
        "one pair for each module the external ids name, nearly always one"
    ),
    "qifei_base/tools/isolation.py:search_in_slices": (
        "one query for each slice of a scheduled job"
    ),
    "qifei_parts/controllers/portal.py:_prepare_home_portal_values": (
        "one count for each card of the portal home, a fixed few"
    ),
    "qifei_parts/models/product_product_order.py:_get_supersede_families": (
        "one query for each generation of replaced numbers, which are a few"
    ),
    "qifei_parts/models/qifei_part_substitute.py:_get_graph": (
        "one query for each generation of replaced numbers, which are a few"
    ),
    "qifei_parts/models/qifei_part_suggestion_calculate.py:_get_uses": (
        "one query for what was used and one for what came back"
    ),
    "qifei_parts/models/stock_warehouse.py:_create_missing_parts_data": (
        "for each warehouse that is new to the addon, once in its life"
    ),
    "qifei_parts/models/stock_warehouse_uninstall.py:_get_referenced": (
        "one query for each field that may refer to a place, at uninstallation"
    ),
    "qifei_parts/report/qifei_part_stock.py:_get_narrowed_domains": (
        "two turns at most: a few parts, then more"
    ),
    "qifei_parts/report/qifei_part_stock.py:search_count": (
        "two turns at most: among a few parts, then among more"
    ),
    "qifei_parts/report/qifei_part_stock.py:search_fetch": (
        "two turns at most: among a few parts, then among more"
    ),
    "qifei_portal/controllers/portal.py:_prepare_home_portal_values": (
        "one count for each card of the portal home, a fixed few"
    ),
    "qifei_portal/models/res_partner.py:_file_booking_customer": (
        "two turns at most: the company of the website, then no company"
    ),
}

# Written so that this file does not find itself.
UNFINISHED = re.compile(r"\b(?:TO[D]O|FIXM[E]|XX[X]|HAC[K])\b")
DEVELOPER_PATH = re.compile(
    r"(?<![\w./~$}-])/(?:home|Users|work|root|opt/(?!odoo|qifei)\w+)/[\w.-]+"
)
REGISTRY_HOST = re.compile(
    r"(?:https?|ftp|git)://(?![^\s\"'<>/]*\.example\b)[^\s\"'<>/]*"
    r"(?:mirror|pypi|pythonhosted|npmjs|registry|debian\.org|ubuntu\.com|nexus|"
    r"artifactory|proxy\.golang)[^\s\"'<>]*",
    re.IGNORECASE,
)
SKIPPED = re.compile(
    r"pytest\.(?:mark\.)?(?:skip|xfail)|\bskipTest\(|unittest\.(?:skip|expected)|"
    r"@skip|(?:test|describe)\.(?:skip|todo)\(|-standard['\"]"
)


def repository_files(root=ROOT):
    """Return the text files under version control."""
    listed = subprocess.run(
        ["git", "-C", str(root), "ls-files", "-z", "--cached"],
        capture_output=True,
        check=True,
    ).stdout.decode()
    return [
        SourceFile(root / name, name)
        for name in listed.split("\0")
        if name
        and (root / name).is_file()
        and (root / name).suffix in TEXT_FILES
        and not {"lib", "fixtures"} & set((root / name).parts)
    ]


def check_pattern(files, pattern, message):
    problems = []
    for file in files:
        for number, line in enumerate(file.lines, start=1):
            found = pattern.search(line)
            if found:
                problems.append(file.at(number, f"{message}: {found.group(0)}"))
    return problems


def check_sudo(file):
    """Each `.sudo()` has its reason `# sudo: model - why` at most two lines above."""
    problems = []
    for node, statement in _calls_with_statement(file.tree):
        if call_name(node) != "sudo" or not isinstance(node.func, ast.Attribute):
            continue
        if node.args and constant(node.args[0]) is False:
            continue
        first = min(statement.lineno, node.lineno)
        around = file.lines[max(first - 3, 0) : node.end_lineno]
        if not any(re.search(r"# sudo: [\w.]+.* - \w+", line) for line in around):
            problems.append(file.at(node.end_lineno, "sudo() without its reason"))
    return problems


def _calls_with_statement(tree):
    """Yield each call with the innermost statement it stands in."""
    stack = [(tree, None)]
    while stack:
        node, statement = stack.pop()
        if isinstance(node, ast.stmt):
            statement = node
        if isinstance(node, ast.Call):
            yield node, statement
        stack.extend((child, statement) for child in ast.iter_child_nodes(node))


def check_sudo_in_templates(addon):
    return [
        file.at(number, "sudo() in a template")
        for file in addon.xml
        for number, line in enumerate(file.lines, start=1)
        if ".sudo(" in line
    ]


def check_commit(file):
    """Transactions belong to the caller; crons use `_commit_progress`."""
    return [
        file.at(node, f"cr.{call_name(node)}()")
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Call)
        and call_name(node) in ("commit", "rollback")
        and isinstance(node.func, ast.Attribute)
        and getattr(node.func.value, "attr", getattr(node.func.value, "id", "")) == "cr"
    ]


def check_loops(addon, allowed=LOOPS_WITH_A_REASON):
    """No query per record: searching and creating stay out of loops."""
    problems = []
    for file in addon.python:
        for function in ast.walk(file.tree):
            if not isinstance(function, ast.FunctionDef):
                continue
            name = f"{addon.name}/{file.path.relative_to(addon.path)}:{function.name}"
            if name in allowed:
                continue
            problems += [
                file.at(node, f"{call_name(node)} in a loop of {function.name}")
                for node in _queries_in_loops(function)
            ]
    return problems


def _queries_in_loops(function):
    bodies = []
    for node in ast.walk(function):
        if isinstance(node, ast.For | ast.While):
            bodies += node.body
        elif isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp):
            bodies += [
                node.elt,
                *(test for loop in node.generators for test in loop.ifs),
            ]
        elif isinstance(node, ast.DictComp):
            bodies += [node.key, node.value]
    found = {}
    for body in bodies:
        for node in ast.walk(body):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in QUERIES
                and not _is_pattern(node.func.value)
            ):
                found[node.lineno, node.col_offset] = node
    return found.values()


def _is_pattern(node):
    """Tell whether `.search` is a pattern's, or `.create` a command's: no query."""
    name = getattr(node, "id", getattr(node, "attr", ""))
    if name == "Command":
        return True
    if isinstance(node, ast.Call):
        return call_name(node) == "compile"
    return name == "re" or name.strip("_").isupper() or name.endswith("pattern")


def check_prints(file):
    return [
        file.at(node, "print() in an addon")
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print"
    ]


def check_context_keys(addon):
    """A context key names its addon, so that two addons never share one by chance."""
    problems = []
    for file in addon.python:
        for node in ast.walk(file.tree):
            if isinstance(node, ast.Call) and call_name(node) == "with_context":
                problems += [
                    file.at(node, f"context key {item.arg} has no owner")
                    for item in node.keywords
                    if item.arg
                    and item.arg.startswith("qifei_")
                    and not item.arg.startswith(f"{addon.name}_")
                    and not any(
                        item.arg.startswith(f"{name}_") for name in addon.depends
                    )
                ]
    return problems


# === THE REPOSITORY === #


@pytest.fixture(scope="module")
def files():
    return repository_files()


def test_nothing_is_unfinished(files):
    refuse(check_pattern(files, UNFINISHED, "unfinished"))


def test_no_path_of_a_developer(files):
    refuse(check_pattern(files, DEVELOPER_PATH, "a path of one machine"))


def test_no_host_of_a_registry(files):
    refuse(check_pattern(files, REGISTRY_HOST, "the host of a registry or mirror"))


def test_nothing_is_skipped(files):
    tests = [
        file
        for file in files
        if "tests" in file.path.parts and file.path.suffix in (".py", ".js")
    ]
    refuse(
        problem
        for problem in check_pattern(tests, SKIPPED, "skipped")
        if not problem.startswith("tests/test_sources.py")
    )


def test_sudo_has_a_reason(tree):
    refuse(
        problem
        for addon in tree
        for file in addon.python
        for problem in check_sudo(file)
    )


def test_templates_have_no_sudo(tree):
    refuse(problem for addon in tree for problem in check_sudo_in_templates(addon))


def test_no_commit(tree):
    refuse(
        problem
        for addon in tree
        for file in addon.python
        for problem in check_commit(file)
    )


def test_no_queries_in_loops(tree):
    refuse(problem for addon in tree for problem in check_loops(addon))


def test_loop_exceptions_are_still_needed(tree):
    needed = {
        problem.rsplit(" ", 1)[1]
        for addon in tree
        for problem in check_loops(addon, allowed={})
    }
    refuse(
        f"{name} needs no exception any more"
        for name in LOOPS_WITH_A_REASON
        if name.rpartition(":")[2] not in needed
    )


def test_no_prints(tree):
    refuse(
        problem
        for addon in tree
        for file in addon.python
        for problem in check_prints(file)
    )


def test_context_keys_have_an_owner(tree):
    refuse(problem for addon in tree for problem in check_context_keys(addon))


# === THE CHECKS THEMSELVES === #


@pytest.mark.parametrize(
    ("pattern", "bad", "good"),
    [
        (UNFINISHED, f"# {'TO'}DO later", "to-do tasks"),
        (DEVELOPER_PATH, f"open('/{'home'}/me/x')", 'route="/my/work/orders"'),
        (REGISTRY_HOST, f"https://{'pypi'}.org/simple", "https://www.odoo.com/docs"),
        (SKIPPED, f"@pytest.{'mark'}.skip", "skip the empty line"),
    ],
)
def test_patterns(pattern, bad, good):
    assert pattern.search(bad)
    assert not pattern.search(good)


def test_bad_habits_are_noticed(make_tree):
    tree = make_tree(
        {
            "qifei_x/models/a.py": """
            def a(self):
                self.sudo().unlink()

            def b(self):
                # sudo: res.partner - the name is public
                x = (
                    self.env["res.partner"]
                    .sudo()
                )
                return x.sudo(False)

            def c(self):
                for record in self:
                    record.search([])
                    PATTERN.search("x")
                self.env.cr.commit()
                print(self)
                return [self.create({}) for _n in self]

            def d(self):
                return self.with_context(qifei_other_key=1)
            """,
            "qifei_x/views/a.xml": '<odoo><t t-set="x" t-value="y.sudo()"/></odoo>',
        }
    )
    addon = tree.addons["qifei_x"]
    file = addon.file("models/a.py")
    assert [problem.split(":")[1] for problem in check_sudo(file)] == ["2"]
    assert len(check_loops(addon)) == 2
    assert not check_loops(addon, allowed={"qifei_x/models/a.py:c": "shown"})
    assert len(check_commit(file)) == 1
    assert len(check_prints(file)) == 1
    assert len(check_sudo_in_templates(addon)) == 1
    assert len(check_context_keys(addon)) == 1
