"""Opens report pages in Chromium, as a reader does, and holds what they show against their data.

    python check.py FOLDER [SCREENSHOTS]

FOLDER has the pages that tests/it/page leaves. The browser is the one in CHROMIUM, or `chromium`.
Nothing may be written to the console, nothing may be asked of a network.
"""

import csv
import io
import json
import os
import re
import shutil
import sys
import tempfile
import time
import unicodedata
from contextlib import contextmanager
from pathlib import Path

import pypdf
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

# Rows that may be elements at one time.
ROWS_IN_SIGHT = 60

# Nothing that is waited for takes so many seconds on any machine: a limit against hangs alone.
HANG = 600

folder = Path(sys.argv[1])
screenshots = Path(sys.argv[2]) if len(sys.argv) > 2 else None
checked = 0


def check(condition, what):
    global checked
    checked += 1
    if not condition:
        sys.exit(f"FAILED: {what}")


class Page:
    """A page in a window of its own, with the data that it was made from."""

    def __init__(self, browser, name, address="", **settings):
        self.name = name
        self.path = folder / f"{name}.html"
        settings = {"viewport": {"width": 1400, "height": 1000}, "reduced_motion": "reduce"} | settings
        self.context = browser.new_context(**settings)
        self.context.grant_permissions(["clipboard-read", "clipboard-write"])
        self.tab = self.context.new_page()
        self.tab.set_default_timeout(1000 * HANG)
        self.noise = []
        self.tab.on("console", lambda message: self.noise.append(f"{message.type}: {message.text}"))
        self.tab.on("pageerror", lambda error: self.noise.append(f"error: {error}"))
        self.tab.on("dialog", lambda dialog: self.noise.append(f"dialog: {dialog.message}"))
        self.tab.on("request", self.requested)
        self.tab.goto(self.path.as_uri() + address)
        self.wait("performance.getEntriesByName('ready').length > 0")
        self.settle()

    def requested(self, request):
        # What stands in the page itself is no request to anybody.
        own = request.url.split("#")[0] == self.path.as_uri() or request.url.startswith(("data:", "blob:"))
        if not own:
            self.noise.append(f"request: {request.url}")

    def settle(self):
        """Two frames: one in which changes are told, one in which they are painted."""
        self.tab.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def wait(self, condition):
        """Until something holds in the page. (Playwright's own wait needs `eval`, which the page forbids.)"""
        started = time.monotonic()
        while time.monotonic() - started < HANG:
            if self.tab.evaluate(condition):
                return
            self.tab.wait_for_timeout(20)
        sys.exit(f"FAILED: {self.name} never has {condition}")

    def data(self, name):
        text = self.path.read_text()
        return json.loads(text.split(f'id="{name}">')[1].split("</script")[0])

    def texts(self, selector):
        """The texts of all such elements, hidden ones too, as they are."""
        return self.tab.locator(selector).all_text_contents()

    def text(self, selector):
        return self.tab.inner_text(selector)

    def count(self):
        """How many trials pass the filters, as the page says."""
        return int(self.text("#count").split()[0].replace(",", ""))

    def selected(self):
        return int(re.search(r"(\d+) selected", self.text("#count"))[1])

    def header(self, label):
        return self.tab.locator("#table thead button", has_text=re.compile(f"^{re.escape(label)}")).first

    def click_header(self, label):
        self.header(label).click()
        self.settle()

    def rows(self):
        """The CSV that the page exports, which has all rows in their order."""
        with self.tab.expect_download() as download:
            self.tab.click("#download")
        text = Path(download.value.path()).read_bytes().decode()
        return list(csv.DictReader(io.StringIO(text, newline=""))), text

    def chips(self):
        return [chip.strip() for chip in self.tab.locator("#chips button bdi").all_inner_texts()]

    def shot(self, name, **how):
        if screenshots:
            screenshots.mkdir(parents=True, exist_ok=True)
            self.tab.screenshot(path=screenshots / f"{name}.png", **how)

    def close(self):
        check(not self.noise, f"{self.name} is silent: {self.noise}")
        self.context.close()


@contextmanager
def opened(browser, name, address="", **settings):
    page = Page(browser, name, address, **settings)
    yield page
    page.close()


def numbers(rows, key):
    return [float(row[key]) for row in rows if row[key] != ""]


def values_of(data, key):
    index = [column["key"] for column in data["columns"]].index(key)
    return [row["values"][index] for row in data["rows"]]


def reads(browser):
    """What stands in the table is what is in the data."""
    with opened(browser, "grid") as page:
        data = page.data("data")
        trials = data["rows"]
        check(page.count() == len(trials) == 108, "the count of all trials")
        check(page.tab.get_attribute("#table", "aria-rowcount") == "109", "rows for screen readers")
        lines = page.tab.locator("#table tbody tr[data-row]")
        check(10 < lines.count() < ROWS_IN_SIGHT, "only rows in sight are elements")
        first = lines.first.inner_text().split()
        accuracy, deviation = trials[0]["values"][5:7]
        check(f"{100 * accuracy:.2f} ± {100 * deviation:.2f}" in lines.first.inner_text(), "the best accuracy")
        check(first[0] == "1" and "☆" in first, "the best is first, and marked")
        check("chosen" in lines.nth(3).inner_text(), "a mark is said in words")
        check("≈ not distinguishable from the best" in page.text("#legend"), "marks are explained")
        page.tab.evaluate("document.getElementById('scroller').scrollTop = 1e6")
        page.settle()
        last = lines.last.inner_text()
        check("failed: the loss of epoch 2 is not finite" in last and "–" in last, "failures and their reasons")
        check(lines.count() < ROWS_IN_SIGHT, "still only rows in sight are elements")
        check(len(page.tab.locator("section h2").all_inner_texts()) == 5, "sections")
        page.tab.evaluate("scrollTo(0, 0)")


def sorts(browser):
    with opened(browser, "grid") as page:
        data = page.data("data")
        for label, key, better in [("validation loss", "mean_val_loss", "ascending"),
                                   ("validation accuracy", "mean_val_accuracy", "descending")]:
            for direction in [better, "descending" if better == "ascending" else "ascending"]:
                page.click_header(label)
                sorted_headers = page.tab.locator("#table th[aria-sort]")
                check(sorted_headers.count() == 1, "one column is sorted")
                check(sorted_headers.get_attribute("aria-sort") == direction, f"{label} {direction}")
                rows, _ = page.rows()
                shown = numbers(rows, key)
                own = sorted((value for value in values_of(data, key) if value is not None), reverse=direction == "descending")
                check(shown == own, f"sorted by {label}, {direction}")
                check(rows[-1][key] == "", "a trial without the value is last")
        # A factor in the order of its levels, with the keyboard.
        page.header("schedule").focus()
        page.tab.keyboard.press("Enter")
        page.settle()
        levels = [row["param_schedule"] for row in page.rows()[0]]
        check(list(dict.fromkeys(levels)) == ["constant", "step every=1 gamma=0.5", "cosine"], "levels in their order")
        check(levels == sorted(levels, key=list(dict.fromkeys(levels)).index), "sorted by level")
        page.click_header("Rank")
        check([row["rank"] for row in page.rows()[0]][:107] == [str(rank) for rank in range(1, 108)], "sorted by rank again")


def filters(browser):
    with opened(browser, "grid") as page:
        data = page.data("data")
        tab = page.tab
        schedules, rates = values_of(data, "param_schedule"), values_of(data, "param_lr")
        regularisations, accuracies = values_of(data, "param_regularisation"), values_of(data, "mean_val_accuracy")
        tab.fill("#query", "COSINE dropout")
        page.settle()
        both = sum(s == "cosine" and r == "dropout" for s, r in zip(schedules, regularisations))
        check(page.count() == both > 0, "all words are searched, in any case")
        tab.fill("#query", "not finite")
        page.settle()
        check(page.count() == 1, "reasons of failures are searched")
        tab.fill("#query", "")
        tab.click("#filters summary")
        boxes = tab.locator("#filters fieldset", has=tab.locator("legend", has_text=re.compile("^lr$")))
        boxes.get_by_label("0.01").uncheck()
        page.settle()
        check(page.count() == rates.count(0.1), "a level less")
        check(page.chips() == ["lr: 0.1", "Clear all"], "the filter in words")
        least = tab.get_by_label("validation accuracy, at least")
        least.fill("92,5")
        page.settle()
        passing = [a for a, r in zip(accuracies, rates) if r == 0.1 and a is not None and a >= 0.925]
        check(page.count() == len(passing) > 0, "and a range, in percent, with a comma")
        least.fill("many")
        page.settle()
        check(page.count() == len(passing) and least.get_attribute("aria-invalid") == "true", "nonsense changes nothing")
        rows, text = page.rows()
        check(numbers(rows, "mean_val_accuracy") == sorted(passing, reverse=True), "exported are the rows that are shown")
        tab.click("#copy")
        page.wait("document.getElementById('said').textContent !== ''")
        check(tab.evaluate("navigator.clipboard.readText()").splitlines() == text.splitlines(), "copied is what is exported")
        tab.locator("#chips button").first.click()
        page.settle()
        check(page.count() == sum(a is not None and a >= 0.925 for a in accuracies), "a filter is taken away")
        tab.get_by_text("Clear all").click()
        page.settle()
        check(page.count() == 108 and not page.chips(), "all filters are taken away")
        tab.get_by_label("◆ only").check()
        page.settle()
        check(page.count() == sum(row.get("pareto", False) for row in data["rows"]), "the Pareto front alone")
        tab.get_by_label("◆ only").uncheck()
        tab.get_by_label("Best and ≈ only").check()
        page.settle()
        close = sum(row.get("best", False) or row.get("not_distinguishable", False) for row in data["rows"])
        check(page.count() == close > 1, "the best and those like it")
        tab.get_by_text("Clear all").click()
        page.shot("filters")


def chooses_columns(browser):
    with opened(browser, "grid") as page:
        page.tab.click("#choose summary")
        check(page.header("width").count() == 1 and page.header("parameters").count() == 0, "columns at first")
        page.tab.locator("#choose").get_by_label("parameters").check()
        page.tab.locator("#choose").get_by_label("width").uncheck()
        page.settle()
        check(page.header("width").count() == 0 and page.header("parameters").count() == 1, "columns as chosen")
        rows, _ = page.rows()
        check("parameters" in rows[0] and "param_width" not in rows[0], "chosen columns are exported")
        check("std_val_accuracy" in rows[0], "deviations go with their means")


def brushes(browser):
    with opened(browser, "grid") as page:
        tab, mouse = page.tab, page.tab.mouse
        tab.locator("#parallel").scroll_into_view_if_needed()
        box = tab.locator('.strip[data-key="mean_val_accuracy"]').bounding_box()
        x = box["x"] + box["width"] / 2
        mouse.move(x, box["y"] + 40)
        mouse.down()
        counts = []
        for down in [80, 110, 180]:
            mouse.move(x, box["y"] + down, steps=4)
            page.settle()
            counts.append(page.count())
        mouse.up()
        page.settle()
        check(0 < counts[0] < counts[1] < counts[2] < 108, f"the table follows the brush: {counts}")
        (chip, _) = page.chips()
        least = float(re.fullmatch(r"validation accuracy \(%\) ≥ ([\d.]+)", chip)[1]) / 100
        rows, _ = page.rows()
        check(min(numbers(rows, "mean_val_accuracy")) >= least, "within the brush")
        tab.click("#filters summary")
        check(tab.get_by_label("validation accuracy, at least").input_value() == f"{100 * least:.5g}", "brush and filter are one")
        tab.click("#filters summary")
        # Moved by its middle: both ends go.
        mouse.move(x, box["y"] + 90)
        mouse.down()
        mouse.move(x, box["y"] + 150, steps=4)
        mouse.up()
        page.settle()
        check(re.fullmatch(r"validation accuracy \(%\) [\d.]+ to [\d.]+", page.chips()[0]), f"a brush is moved: {page.chips()}")
        check(float(page.chips()[0].split()[3]) < 100 * least, "and goes down")
        page.shot("brushed")
        # A factor: its upper two levels.
        box = tab.locator('.strip[data-key="param_layers"]').bounding_box()
        layers = box["x"] + box["width"] / 2
        mouse.move(layers, box["y"] + 42)
        mouse.down()
        mouse.move(layers, box["y"] + 200, steps=4)
        mouse.up()
        page.settle()
        check("layers: 2, 3" in page.chips(), f"levels within the brush: {page.chips()}")
        mouse.click(layers, box["y"] + 100)
        mouse.click(x, box["y"] + 100)
        page.settle()
        check(page.count() == 108, "a click on an axis clears its brush")
        # Lines are picked between the axes.
        box = tab.locator("#parallel canvas").first.bounding_box()
        mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 62)
        page.settle()
        check(re.match(r"\d+\. layers", page.text("#parallel-reading")), "the line under the pointer is read")
        before = page.selected()
        mouse.click(box["x"] + box["width"] * 0.6, box["y"] + 62)
        page.settle()
        check(abs(page.selected() - before) == 1, "a click on a line selects its trial")


def selects(browser):
    with opened(browser, "grid") as page:
        tab = page.tab
        curves = page.data("curves-data")
        names = [row["name"] for row in page.data("data")["rows"]]
        readings = tab.locator("#curves .reader tbody tr")
        check(page.selected() == readings.count() == 3, "the first three are selected")
        box = tab.get_by_label(f"Select {names[6]}", exact=True)
        box.scroll_into_view_if_needed()
        before = box.bounding_box()
        box.hover()
        page.settle()
        check(page.text("#parallel-reading") and box.bounding_box() == before, "the row under the pointer is read and stays there")
        box.check()
        page.settle()
        check(page.selected() == readings.count() == 4, "a check box selects")
        check(names[6] in readings.last.inner_text(), "and its curves are read")
        solid, dashed = (tab.locator(f"#curves .panels path.curve{which}").count() for which in [":not(.dashed)", ".dashed"])
        check((solid, dashed) == (8, 4), f"solid and dashed curves: {solid}, {dashed}")
        check(tab.locator("#curves .panels path.band").count() == 12, "bands of deviations")
        # The values of an epoch, with the keyboard.
        slider = tab.locator("#curves input[type=range]")
        slider.focus()
        for key in ["Home", "ArrowRight", "ArrowRight"]:
            tab.keyboard.press(key)
        page.settle()
        cells = readings.last.locator("td").all_inner_texts()
        own = [curves[6][key]["mean"][2] for key in ["train_loss", "val_loss", "val_accuracy"]]
        shown = [float(cell.split()[0]) for cell in cells]
        check(shown == [round(own[0], 4), round(own[1], 4), round(100 * own[2], 2)], f"values of epoch 3: {shown}")
        tab.locator("#curves svg[role=img]").first.scroll_into_view_if_needed()
        box = tab.locator("#curves svg[role=img]").first.bounding_box()
        tab.mouse.move(box["x"] + box["width"] - 16, box["y"] + 100)
        page.settle()
        check("12 of 12" in page.text("#curves .epoch"), "the pointer reads the epoch below it")
        # Rows with the keyboard.
        tab.focus("#scroller")
        for key in ["ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown", "Space"]:
            tab.keyboard.press(key)
        page.settle()
        check(page.selected() == 5 and tab.locator("#table tr.selected").count() == 5, "the space bar selects")
        tab.keyboard.press("End")
        page.settle()
        label = tab.evaluate("document.activeElement.getAttribute('aria-label')")
        check(label == f"Select {names[107]}", "End goes to the last row")
        tab.keyboard.press("Home")
        tab.keyboard.press("PageDown")
        page.settle()
        check(tab.evaluate("document.activeElement.closest('tr').dataset.row") not in ["0", "107"], "PageDown goes a page")
        # A click in the row, not on its box.
        row = tab.locator("#table tr[data-row]:not(.selected)").nth(10)
        row.locator("td").nth(4).click()
        page.settle()
        check(page.selected() == 6, "a click in a row selects it")
        for index in range(30, 33):
            tab.evaluate("row => document.getElementById('scroller').scrollTop = 30 * row - 100", index)
            page.settle()
            tab.get_by_label(f"Select {names[index]}", exact=True).check()
        page.settle()
        check("not drawn" in page.text("#curves-note") and readings.count() == 7, "more than can be told apart are left out")
        tab.get_by_text("Select none").click()
        page.settle()
        check(page.selected() == 0 and "Select trials" in page.text("#curves-note"), "none is selected")
        # Points of the scatter chart, found with the pointer.
        tab.locator("#scatter canvas").scroll_into_view_if_needed()
        box = tab.locator("#scatter canvas").bounding_box()
        found = None
        for step in range(400):
            x, y = box["x"] + 70 + step % 40 * 20, box["y"] + 50 + step // 40 * 26
            tab.mouse.move(x, y)
            page.settle()
            found = page.text("#scatter-reading")
            if found:
                break
        check(re.match(r"\d+\. layers.* · validation accuracy [\d.]+ ± [\d.]+ % · time per epoch [\d.]+ s", found), f"a point is read: {found}")
        tab.mouse.click(x, y)
        page.settle()
        check(page.selected() == 1 and readings.count() == 1, "a click on a point selects its trial")


def is_remembered(browser):
    with opened(browser, "grid") as page:
        page.click_header("time per epoch")
        page.tab.fill("#query", "cosine")
        page.tab.locator("#table tr[data-row] input").nth(4).check()
        page.wait("location.hash.includes('rows=')")
        address = page.tab.evaluate("location.hash")
        rows, _ = page.rows()
        count = page.text("#count")
    with opened(browser, "grid", address) as page:
        check(page.text("#count") == count, "an address keeps search and selection")
        check(page.rows()[0] == rows, "and the order")
        page.tab.click("nav a[href='#scatter']")
        page.settle()
        check(page.text("#count") == count, "a link within the page changes nothing")
    with opened(browser, "grid", "#?sort=nothing&f.param_lr=9+x&f.no=1&only=what&rows=-1+x+999999&columns=no") as page:
        check(page.count() in [0, 108], "a broken address breaks nothing")


def background(page):
    return [int(value) for value in re.findall(r"\d+", page.tab.evaluate("getComputedStyle(document.body).backgroundColor"))[:3]]


# Whether the charts have more of the dark theme's ink than of the light one's. Copies are read: the
# browser warns of canvases that are read themselves.
INK_IS_LIGHT = """() => ['#scatter canvas', '#parallel canvas + canvas'].map(selector => {
  const canvas = document.querySelector(selector);
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', {willReadFrequently: true});
  copy.drawImage(canvas, 0, 0);
  const {data} = copy.getImageData(0, 0, canvas.width, canvas.height);
  const count = ink => data.filter((value, index) => index % 4 === 0 && data[index + 3] > 200 && value === ink).length;
  return count(228) > count(27);
})"""


def themes(browser):
    with opened(browser, "grid", color_scheme="light") as page:
        check(min(background(page)) > 240 and page.tab.evaluate(INK_IS_LIGHT) == [False, False], "light where the system is light")
        page.shot("light", full_page=True)
        page.tab.select_option("#theme", "dark")
        page.settle()
        check(max(background(page)) < 60 and page.tab.evaluate(INK_IS_LIGHT) == [True, True], "dark when chosen, charts too")
        page.tab.reload()
        page.settle()
        check(max(background(page)) < 60, "and after the page is opened again")
    with opened(browser, "grid", color_scheme="dark") as page:
        check(max(background(page)) < 60 and page.tab.evaluate(INK_IS_LIGHT) == [True, True], "dark where the system is dark")
        page.shot("dark", full_page=True)
        page.tab.emulate_media(color_scheme="light")
        page.settle()
        check(min(background(page)) > 240 and page.tab.evaluate(INK_IS_LIGHT) == [False, False], "and light when it turns light")


def prints(browser):
    for scheme in ["light", "dark"]:
        with opened(browser, "grid", color_scheme=scheme) as page, tempfile.TemporaryDirectory() as out:
            names = [row["name"] for row in page.data("data")["rows"]]
            path = (screenshots or Path(out)) / f"print-{scheme}.pdf"
            # Heard after the page has: what it prints with.
            page.tab.evaluate("addEventListener('beforeprint', () => { const {backgroundColor, color} = getComputedStyle(document.body); window.printed = backgroundColor + color; })")
            page.tab.pdf(path=path, prefer_css_page_size=True)
            pages = [sheet.extract_text() for sheet in pypdf.PdfReader(path).pages]
            # Ligatures are letters again.
            text = unicodedata.normalize("NFKC", "\n".join(pages))
            ranks = re.findall(r"^\s*(\d+) .*finished\s*$", text, re.MULTILINE)
            check(ranks == [str(rank) for rank in range(1, 51)], f"the first 50 rows are printed: {ranks}")
            check(page.tab.evaluate("window.printed") == "rgb(255, 255, 255)rgb(27, 30, 34)", "dark on white is printed")
            check("Only the first 50 rows are printed." in text, "and it is said that there are more")
            check(names[0] in text and "How it was measured" in text, "curves' values and sections are printed")
            for control in ["Copy as CSV", "Theme", "Clear all", "Drag along"]:
                check(control not in text, f"{control} is not printed")
            page.settle()
            check(page.tab.locator("#table tr[data-row]").count() < ROWS_IN_SIGHT, "after printing, rows in sight again")
            check((max if scheme == "dark" else min)(background(page)) in range(*((0, 60) if scheme == "dark" else (240, 256))), "and the theme")


def is_accessible(browser):
    """By the rules of axe-core (WCAG 2 A and AA, and its best practices)."""
    for name, settings in [("grid", {}), ("grid", {"color_scheme": "dark"}), ("french", {}),
                           ("grid", {"viewport": {"width": 360, "height": 740}}), ("empty", {})]:
        with opened(browser, name, **settings) as page:
            for panel in ["filters", "choose"]:
                page.tab.click(f"#{panel} summary")
            page.settle()
            result = Axe().run(page.tab)
            check(result.violations_count == 0, f"{name} {settings}: {result.generate_report()}")


def tells_kinds_apart(browser):
    with opened(browser, "kinds") as page:
        tab = page.tab
        check(not tab.is_visible("#curves") and not tab.is_visible("#scatter"), "charts without data are left out")
        check(not tab.is_visible("nav a[href='#curves']"), "and out of the contents")
        tab.click("#filters summary")
        field = lambda label: tab.locator("#filters fieldset", has=tab.locator("legend", has_text=re.compile(f"^{label}$")))
        field("momentum").get_by_label("0.9").uncheck()
        page.settle()
        rows, _ = page.rows()
        check(len(rows) == 20 and {row["momentum"] for row in rows} == {""}, "a level can be that there is none")
        tab.get_by_text("Clear all").click()
        tab.get_by_label("learning rate, at most").fill("1e-4")
        page.settle()
        rows, _ = page.rows()
        check(0 < len(rows) < 20 and max(numbers(rows, "rate")) <= 1e-4, "many levels are filtered by a range")
        tab.get_by_label("learning rate, at most").fill("")
        field("converged").get_by_label("no").uncheck()
        page.settle()
        check(page.count() == 10 and tab.locator("#table td.centred").first.inner_text() == "●", "marks")
        check(not any("–" in cell and cell != "–" for cell in page.texts("#table td.number")), "only tied ranks are ranges")
        tab.get_by_text("Clear all").click()
        page.settle()
        for _ in range(2):
            page.click_header("loss")
        rows, _ = page.rows()
        check(rows[0]["loss"] == "1e+35" and rows[-1]["loss"] == "" and rows[-1]["status"] == "incomplete", "what is not finite is last")
        for is_reversed in [False, True]:
            page.click_header("steps")
            rows, _ = page.rows()
            steps = [row["steps"] for row in rows]
            known = [int(value) for value in steps if value]
            check(len(known) == 27 and known == sorted(known, reverse=is_reversed), "sorted, either way")
            ranks = [int(row["rank"]) for row in rows[27:]]
            check(steps[27:] == [""] * 13 and ranks == sorted(ranks), "and those without a value are last, by rank")
        page.click_header("note")
        check([row["note"] for row in page.rows()[0]] == [f"note {index}" for index in range(40)], "numbers in texts are sorted as numbers")
        # A brush on a logarithmic axis.
        tab.click("#filters summary")
        box = tab.locator('.strip[data-key="rate"]').bounding_box()
        tab.mouse.move(box["x"] + 14, box["y"] + 160)
        tab.mouse.down()
        tab.mouse.move(box["x"] + 14, box["y"] + 290, steps=5)
        tab.mouse.up()
        page.settle()
        check(page.count() == 20, f"half of a logarithmic axis is half of the decades: {page.count()}")
        page.shot("kinds")


def is_narrow(browser):
    with opened(browser, "grid", viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True) as page:
        wide = page.tab.evaluate("document.documentElement.scrollWidth")
        check(wide <= 360, f"nothing but tables and charts is scrolled sideways: {wide}")
        page.tab.locator("#table tr[data-row] input").nth(5).tap()
        page.settle()
        check(page.selected() == 4, "a finger selects")
        page.shot("narrow", full_page=True)


def is_french(browser):
    with opened(browser, "french") as page:
        row = page.tab.locator("#table tr[data-row]").first.inner_text()
        check(re.search(r"\d\d,\d\d ± \d,\d\d", row) and "." not in row, "decimals with a comma")
        check(page.tab.evaluate("document.documentElement.lang") == "fr", "the language is told")
        check(page.text("#count").startswith("108 essais sur 108"), "texts are French")
        page.header("validation loss").click()
        page.settle()
        rows, _ = page.rows()
        check(numbers(rows, "mean_val_loss") == sorted(numbers(rows, "mean_val_loss")), "exported numbers have a point")


# Milliseconds that a change costs each part of the page, and until all of it is painted.
TIMES = """async () => {
  const frame = () => new Promise(done => requestAnimationFrame(done));
  await frame();
  const start = performance.now();
  CHANGE;
  await frame();
  await frame();
  // What was drawn on a canvas is painted when it is read at the latest.
  const copy = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
  for (const canvas of document.querySelectorAll('canvas')) copy.drawImage(canvas, 0, 0);
  copy.getImageData(0, 0, 1, 1);
  const painted = performance.now() - start;
  const of = name => performance.getEntriesByName(name).at(-1)?.duration ?? 0;
  return Object.fromEntries([...['filter and sort', 'table', 'parallel', 'scatter'].map(name => [name, of(name)]), ['painted', painted]]);
}"""


def is_large(browser):
    """Ten thousand trials. The times are printed but not checked, because they depend on the machine."""
    with opened(browser, "ten-thousand") as page:
        tab = page.tab
        paint = tab.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
        ready = tab.evaluate("performance.getEntriesByName('ready')[0].duration")
        worst = {"first paint": paint}
        check(page.count() == 10_000 and tab.locator("#table tr[data-row]").count() < ROWS_IN_SIGHT, "rows in sight")
        click = "document.querySelector('th[data-key=\"{}\"] button').click()"
        show = "[...document.querySelectorAll('#choose label')].find(label => label.textContent === 'Trial').firstChild.click()"
        search = "const q = document.getElementById('query'); q.value = '{}'; q.dispatchEvent(new Event('input'))"
        tab.evaluate(f"() => {{ {show} }}")
        page.settle()
        for change in [click.format("mean_val_loss"), click.format("mean_val_loss"), click.format("#trial"), click.format("#trial"),
                       click.format("param_schedule"), click.format("mean_val_accuracy"), search.format("layers2 cosine"),
                       search.format("seed1"), search.format(""), "document.querySelector('#filters .levels input').click()",
                       "document.querySelector('#filters .levels input').click()"]:
            times = tab.evaluate(TIMES.replace("CHANGE", change))
            for name, time in times.items():
                worst[name] = max(worst.get(name, 0), time)
        tab.evaluate("document.getElementById('scroller').scrollTop = 1e9")
        page.settle()
        check("9,999" in page.text("#table tbody") or "10,000" in page.text("#table tbody"), "the last rows are reached")
        page.shot("ten-thousand")
        print("10,000 trials: " + ", ".join(f"{name} {time:.0f} ms" for name, time in worst.items()) + f", all drawn at first {ready:.0f} ms")


def without_code(text):
    """Text without the backticks around code, and without spaces, which paragraphs trim."""
    return re.sub(r"[`\s]", "", text)


def reads_hostile_names(browser):
    """Names of levels and classes of a real sweep are shown as they are, wherever they stand."""
    with opened(browser, "grid") as page:
        scripts = page.tab.locator("script").count()
    with opened(browser, "hostile-sweep") as page:
        truth = json.loads((folder / "hostile-sweep.json").read_text())
        names, factor = truth["names"], truth["factor"]
        check(page.tab.evaluate("window.broken") is None, "no script of a name runs")
        check(page.tab.locator("script").count() == scripts, "no script was added")
        check(page.tab.locator("img, b, i, a:not([href^='#']), iframe, object, form, base").count() == 0, "no element was added")
        headers = page.texts("#table thead button")
        check(any(text.startswith(factor) for text in headers), f"the header: {headers}")
        page.tab.click("#filters summary")
        for selector in ["#table tr[data-row] td bdi", "#filters .levels label", "section > .wide td"]:
            texts = [text.strip() for text in page.texts(selector)]
            for name in names:
                check(name in texts, f"{selector} shows {name!r} as it is")
        classes = page.texts("section > .wide tr td:first-child")
        check(all(classes.count(name) >= 2 for name in names), "as a level and as a class")
        description = "".join(page.texts(".description p"))
        check(without_code(description) == without_code("".join(names)), f"the description: {description}")
        # A name that turns text around turns none but its own: in tables, headings, labels and buttons. (The
        # sentences of captions, of which it is a part, are left out.)
        around = page.tab.evaluate("""() => {
          const found = [];
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            let element = node.parentNode;
            if (!node.data.includes('\u202e') || element.closest('script, svg, figcaption, pre, .hidden')) continue;
            const isOpen = ({ display, unicodeBidi }) => display === 'inline' && unicodeBidi === 'normal';
            while (isOpen(getComputedStyle(element))) element = element.parentNode;
            found.push(element.textContent);
          }
          return found;
        }""")
        turning = [factor, *(name for name in names if "\u202e" in name)]
        check(len(around) > 8, "it stands in several places")
        for text in around:
            check(text.strip().endswith(tuple(turning)), f"nothing follows a name that turns text around: {text!r}")
        page.shot("hostile-names")


def is_unbroken(browser):
    """Texts that look like markup are shown as what they are."""
    for name in ["hostile-script", "hostile-quotes", "hostile-unicode", "hostile-title"]:
        with opened(browser, name) as page:
            hostile = page.data("data")["title"]
            # A browser has no character 0, and trims and joins spaces in a title.
            seen = hostile.replace("\0", "\ufffd")
            check(page.tab.evaluate("document.title").split() == seen.split(), f"{name}: the title")
            for selector in ["h1", "section h2", "section h3", "section pre", "section table th", "section table td", "figcaption",
                             ".description p", ".facts li", "section > p", "section > ul li"]:
                # Lines are parted by elements in some; backticks are code in others.
                texts = page.texts(selector)
                check(without_code(seen) in map(without_code, texts), f"{name}: {selector} shows the text as it is: {texts}")
            check(page.tab.evaluate("window.broken") is None, f"{name}: no script runs")
            shown = page.tab.evaluate("document.querySelector('#table tr[data-row] bdi').closest('tr').textContent")
            check(hostile in shown, f"{name}: the text is shown as it is")
            check(page.tab.locator("h1 *").count() == 0, f"{name}: the heading is text alone")
            check(page.count() == 2 and page.tab.locator("img").count() == 0, f"{name}: nothing was added")
            page.tab.click("#filters summary")
            page.tab.locator("#filters .levels input").first.uncheck()
            page.settle()
            check(page.count() == 0, f"{name}: filters work")
            page.tab.get_by_text("Clear all").click()
            page.settle()
            rows, _ = page.rows()
            check(rows[0]["factor"].replace("\r\n", "\n") == hostile and rows[0]["text"] == hostile, f"{name}: exported as it is")
    reads_hostile_names(browser)
    with opened(browser, "empty") as page:
        check(page.count() == 0, "a page without trials is a page")


chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or sys.exit("there is no chromium; name one in CHROMIUM")
with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
    for part in [reads, sorts, filters, chooses_columns, brushes, selects, is_remembered, themes, prints,
                 is_accessible, tells_kinds_apart, is_narrow, is_french, is_large, is_unbroken]:
        part(browser)
    browser.close()
print(f"{checked} passed, 0 failed")
