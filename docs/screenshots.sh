#!/usr/bin/env bash
# Takes the pictures of the documentation from real runs of sweeps.
#   docs/screenshots.sh
# Needs chromium with chromedriver (Debian: chromium-driver) and tmux, and the environment that
# judges/tensorboard/run.sh makes.
set -euo pipefail
cd "$(dirname "$0")/.."
binary=$(realpath target/release/tp-sweep)
python=target/tensorboard-environment/bin/python
folder=$(mktemp -d)
session=tp-sweep-$$
port=6173
cleanup() {
  tmux kill-session -t "$session" 2>/dev/null || true
  [ -z "${server:-}" ] || kill "$server"
  rm -rf "$folder"
}
trap cleanup EXIT

shot() { # FILE WIDTH,HEIGHT ADDRESS
  chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
    --disable-background-networking --disable-component-update --disable-sync \
    --user-data-dir="$folder/browser" --hide-scrollbars --window-size="$2" \
    --virtual-time-budget=25000 --screenshot="$1" "$3" >"$folder/browser.log" 2>&1
}

# The terminal, half-way and at the end.
tmux new-session -d -s "$session" -x 116 -y 24 "PS1='$ ' bash --norc"
tmux send-keys -t "$session" "tp-sweep() { $binary \"\$@\" --runs $folder/runs --reports $folder/reports | sed \"s|$folder/||\"; }; clear" Enter
sleep 1
tmux send-keys -t "$session" "tp-sweep sweeps/axe5.yaml" Enter
until [ "$(find "$folder/runs" -name result.json 2>/dev/null | wc -l)" -ge 150 ]; do sleep 0.1; done
tmux capture-pane -t "$session" -p | sed -e '/^ *$/d' >"$folder/half"
until [ -f "$folder/reports/axe5.csv" ]; do sleep 0.5; done
sleep 1
tmux capture-pane -t "$session" -p | sed -e '/^ *$/d' -e '1,2d' -e '$d' >"$folder/end"
"$python" - "$folder" <<'PYTHON'
import html, pathlib, sys
folder = pathlib.Path(sys.argv[1])
text = (folder / "half").read_text() + "\n" + (folder / "end").read_text()
page = f"""<meta charset="utf-8"><body style="background:#1e1e2e;color:#dde;margin:0">
<pre style="font:15px/1.35 'DejaVu Sans Mono',monospace;padding:14px">{html.escape(text)}</pre>"""
(folder / "terminal.html").write_text(page)
PYTHON
shot docs/images/terminal.png 1075,350 "file://$folder/terminal.html"

# TensorBoard's tabs: the first fold of each trial of axis 6.
"$binary" sweeps/axe6.yaml --quiet --runs "$folder/axe6/runs" --reports "$folder/axe6/reports"
# From within, because the page shows the path.
environment=$PWD/$python # a link to the real interpreter: without its folder it has no packages
(cd "$folder/axe6" && exec "$environment" -m tensorboard.main --logdir runs --port "$port") >"$folder/server.log" 2>&1 &
server=$!
"$python" docs/screenshots.py "http://127.0.0.1:$port" docs/images "/fold-0$"

# The report: the page and the pictures of axis 5, and the gradients of a trial of axis 6.
shot docs/images/report-page.png 1300,1750 "file://$folder/reports/axe5.html"
for picture in learning-curves main-effects heat-map trade-off parallel-coordinates confusion difficult-samples; do
  cp "$folder/reports/axe5/$picture.svg" "docs/images/report-$picture.svg"
done
cp "$folder/axe6/reports/axe6/gradients-norm-none_init-default.svg" docs/images/report-gradients.svg

# The results in the notebooks of the course.
judges/notebooks/run.sh "$binary" "$folder/notebooks"
target/notebooks-environment/bin/python docs/notebook_pictures.py "$folder/notebooks/en/executed" docs/images
