"use strict";
(function () {
  const data = JSON.parse(document.getElementById("data").textContent);
  const byKey = {};
  data.facts.concat(data.outcomes).forEach(function (entry) { byKey[entry.key] = entry; });
  let picks = readHash(location.hash, data);
  let pinned = null;

  function make(tag, name, text) {
    const node = document.createElement(tag);
    if (name) node.className = name;
    if (text) node.textContent = text;
    return node;
  }

  // ---- the chooser ------------------------------------------------------------------------------

  const groups = { asked: "会问的", heard: "听到或报告才算", known: "时钟、本厅资料" };

  function chip(box, kind, name, id, text, several) {
    const label = make("label", "chip");
    const input = make("input");
    input.type = several ? "checkbox" : "radio";
    input.name = kind + name;
    input.value = id;
    input.dataset.key = kind + name;
    label.append(input, make("span", "", text));
    box.append(label);
  }

  function field(entry, kinds) {
    const set = make("fieldset");
    set.dataset.key = entry.key;
    set.append(make("legend", "", entry.label));
    if (entry.ask && entry.ask !== entry.label) set.append(make("p", "ask", entry.ask));
    const row = make("div", "chips");
    if (kinds) {
      kinds.forEach(function (option) { chip(row, ".", entry.key, option.kind, option.label, true); });
    } else {
      if (!entry.many) chip(row, "", entry.key, "", entry.group === "asked" ? "未问" : "不知道", false);
      entry.options.forEach(function (option) { chip(row, "", entry.key, option.id, option.label, entry.many); });
      if (entry.overdue) chip(row, ".", entry.key, "overdue", "等到超时", true);
    }
    set.append(row);
    return set;
  }

  function fill(panel, title, sets, folded) {
    if (!sets.length) return;
    const box = make("details");
    box.open = !folded;
    box.append(make("summary", "", title));
    sets.forEach(function (set) { box.append(set); });
    panel.append(box);
  }

  function chooser() {
    const panel = document.getElementById("panel");
    const clear = make("button", "", "全部清空");
    clear.type = "button";
    clear.addEventListener("click", function () { picks = {}; update(true); });
    panel.append(clear);
    const own = data.facts.filter(function (fact) { return !fact.folded; });
    Object.keys(groups).forEach(function (group) {
      const found = own.filter(function (fact) { return fact.group === group; });
      fill(panel, groups[group], found.map(function (fact) { return field(fact); }), false);
    });
    const steps = data.outcomes.filter(function (step) { return !step.folded; });
    fill(panel, "做下来的结果", steps.map(function (step) { return field(step, step.options); }), true);
    const rest = data.facts.filter(function (fact) { return fact.folded; }).map(function (f) { return field(f); });
    const ends = data.outcomes.filter(function (step) { return step.folded; });
    fill(panel, "人身安全", rest.concat(ends.map(function (step) { return field(step, step.options); })), true);
    panel.addEventListener("change", function (event) { choose(event.target); });
  }

  function choose(input) {
    const key = input.dataset.key;
    let ids = [];
    if (input.type === "radio") {
      ids = input.value ? [input.value] : [];
    } else {
      const all = document.querySelectorAll("#panel input");
      const same = Array.from(all).filter(function (other) { return other.dataset.key === key && other.checked; });
      ids = same.map(function (other) { return other.value; });
      // 都没有, 说不清 and 还没有 stand alone, and so do the choices against them
      const alone = function (id) { return id.charAt(0) === "~"; };
      if (input.checked && alone(input.value)) ids = [input.value];
      else if (input.checked) ids = ids.filter(function (id) { return !alone(id); });
    }
    if (ids.length) picks[key] = ids; else delete picks[key];
    update(true);
  }

  // ---- the plan ---------------------------------------------------------------------------------

  const names = { true: "holds", false: "out", null: "open" };

  function mark(node, verdict) {
    node.classList.remove("holds", "out", "open");
    node.classList.add(names[String(verdict)]);
  }

  function told() {
    const parts = [];
    data.facts.concat(data.outcomes).forEach(function (entry) {
      const chosen = (entry.kind ? [] : entry.options).filter(function (option) {
        return (picks[entry.key] || []).includes(option.id) || (picks["." + entry.key] || []).includes(option.kind);
      }).map(function (option) { return option.label; });
      if (entry.overdue && picks["." + entry.key]) chosen.push("等到超时");
      if (chosen.length) parts.push(entry.label + "：" + chosen.join("、"));
    });
    return parts;
  }

  function stepLine(key, due) {
    const step = data.steps[key];
    const item = make("li");
    item.append(make("b", "", step.what));
    const notes = [step.who, step.to && "找" + step.to, due || step.due, step.issue, step.optional && "可做可不做"];
    item.append(make("span", "", notes.filter(Boolean).join("　")));
    if (step.say) item.append(make("q", "", step.say.slice(1, -1)));
    return item;
  }

  function plan(made) {
    const todo = document.getElementById("todo");
    const lists = { true: todo, null: pocket("perhaps"), false: pocket("never") };
    todo.replaceChildren();
    const done = {};
    const count = { true: 0, null: 0, false: 0 };
    data.phases.forEach(function (phase) {
      const rules = data.rules.filter(function (rule) { return rule.phase === phase[0]; });
      const steps = make("ol");
      rules.forEach(function (rule) {
        const verdict = made.rules[rule.key];
        if (!rule.folded) count[verdict] += 1;
        if (verdict !== true) {
          if (!rule.folded) lists[verdict].append(waiting(rule, made, verdict));
          return;
        }
        rule.steps.forEach(function (key, n) {
          if (!done[key]) steps.append(stepLine(key, rule.due[n]));
          done[key] = true;
        });
        rule.starts.forEach(function (title) { steps.append(make("li", "", "建议同时启用“" + title + "”")); });
      });
      if (!steps.children.length) return;
      const box = make("div", "phase");
      box.append(make("h3", "", phase[1]), steps);
      todo.append(box);
    });
    summary("perhaps", "未定的规则 " + count.null + " 条：还差什么");
    summary("never", "不成立的规则 " + count.false + " 条：为什么");
    document.getElementById("count").textContent =
      "要做 " + Object.keys(done).length + " 步；规则成立 " + count.true + " 条，未定 " + count.null +
      " 条，不成立 " + count.false + " 条";
  }

  function pocket(id) {
    const box = document.querySelector("#" + id + " > div");
    box.replaceChildren();
    return box;
  }

  function summary(id, text) {
    document.querySelector("#" + id + " > summary").textContent = text;
  }

  // A rule that does not hold: its steps, and the clauses that block it or are still undecided.
  function waiting(rule, made, verdict) {
    const item = make("p", names[String(verdict)]);
    const what = rule.steps.map(function (key) { return data.steps[key].what; });
    const all = what.concat(rule.starts.map(function (title) { return "启用“" + title + "”"; }));
    item.append(make("b", "", all.join("；")));
    const parts = rule.clauses.filter(function (clause, n) { return made.clauses[rule.key][n] === verdict; });
    const text = parts.map(function (clause) { return clause.text; }).join("，并且 ");
    item.append(make("span", "", (verdict === null ? "还差：" : "不符：") + text));
    return item;
  }

  // ---- everything anew --------------------------------------------------------------------------

  function update(write) {
    const at = situation(picks, data);
    const made = judge(data, at);
    document.querySelectorAll("#panel input").forEach(function (input) {
      const chosen = picks[input.dataset.key];
      input.checked = chosen ? chosen.includes(input.value) : input.type === "radio" && !input.value;
    });
    document.querySelectorAll("#panel fieldset").forEach(function (set) {
      set.classList.toggle("set", Boolean(picks[set.dataset.key] || picks["." + set.dataset.key]));
    });
    document.querySelectorAll("article.rule").forEach(function (node) { mark(node, made.rules[node.dataset.rule]); });
    document.querySelectorAll("g.box").forEach(function (node) {
      const cut = node.dataset.key.indexOf(":");
      const kind = node.dataset.key.slice(0, cut), key = node.dataset.key.slice(cut + 1);
      if (kind === "rule") mark(node, made.rules[key]);
      else if (kind === "step") mark(node, made.steps[key]);
      else if (kind === "start") mark(node, started(key, made));
      else if (key in made.derived) mark(node, made.derived[key]);
      else node.classList.toggle("set", Boolean(picks[key] || picks["." + key]));
    });
    document.querySelectorAll(".edges path").forEach(function (path) {
      const rule = [path.dataset.a, path.dataset.b].find(function (key) { return key.startsWith("rule:"); });
      mark(path, rule ? made.rules[rule.slice(5)] : made.derived[path.dataset.b.slice(5)]);
    });
    const parts = told();
    document.getElementById("chosen").textContent =
      parts.length ? "选了：" + parts.join("；") : "还什么都没选：这就是第一时间要做的。选左边的回答，看计划怎么变。";
    plan(made);
    if (write) {
      const hash = writeHash(picks, data);
      history.replaceState(null, "", hash ? "#" + hash : location.pathname + location.search);
    }
  }

  function started(title, made) {
    const verdicts = data.rules.filter(function (rule) { return rule.starts.includes(title); })
      .map(function (rule) { return made.rules[rule.key]; });
    return verdicts.includes(true) ? true : verdicts.includes(null) ? null : false;
  }

  // ---- the picture: where a box comes from and where it leads ---------------------------------------

  function trace(box) {
    document.querySelectorAll("svg").forEach(function (svg) {
      svg.classList.remove("traced");
      svg.querySelectorAll(".on").forEach(function (node) { node.classList.remove("on"); });
      if (!box) return;
      const paths = Array.from(svg.querySelectorAll(".edges path"));
      const reached = new Set();
      walk(paths, box.dataset.key, "a", "b", reached);
      walk(paths, box.dataset.key, "b", "a", reached);
      let some = false;
      svg.querySelectorAll("g.box").forEach(function (node) {
        const on = reached.has(node.dataset.key) || node.dataset.key === box.dataset.key;
        node.classList.toggle("on", on);
        some = some || on;
      });
      paths.forEach(function (path) { path.classList.toggle("on", reached.has(path)); });
      svg.classList.toggle("traced", some);
    });
  }

  function walk(paths, key, from, to, reached) {
    paths.forEach(function (path) {
      if (path.dataset[from] !== key) return;
      reached.add(path);
      reached.add(path.dataset[to]);
      walk(paths, path.dataset[to], from, to, reached);
    });
  }

  function picture() {
    document.querySelectorAll("g.box").forEach(function (box) {
      box.addEventListener("mouseenter", function () { if (!pinned) trace(box); });
      box.addEventListener("mouseleave", function () { if (!pinned) trace(null); });
      box.addEventListener("focus", function () { pinned = null; trace(box); });
      box.addEventListener("blur", function () { if (!pinned) trace(null); });
      box.addEventListener("click", function () { pin(box); });
      box.addEventListener("keydown", function (event) {
        if (event.key === "Enter" || event.key === " ") { event.preventDefault(); pin(box); }
      });
    });
    document.addEventListener("keydown", function (event) {
      if (event.key === "Escape") { pinned = null; trace(null); }
    });
  }

  function pin(box) {
    pinned = pinned === box ? null : box;
    trace(box);
  }

  document.querySelectorAll("[data-jump]").forEach(function (link) {
    // the address is kept for what was chosen
    link.addEventListener("click", function (event) {
      event.preventDefault();
      document.getElementById(link.dataset.jump).scrollIntoView();
    });
  });
  window.addEventListener("hashchange", function () { picks = readHash(location.hash, data); update(false); });
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("main details").forEach(function (box) { box.dataset.was = box.open ? "1" : ""; });
    document.querySelectorAll("#perhaps, #never").forEach(function (box) { box.open = true; });
  });
  window.addEventListener("afterprint", function () {
    document.querySelectorAll("main details").forEach(function (box) { box.open = box.dataset.was === "1"; });
  });
  chooser();
  picture();
  document.getElementById("plan").hidden = false;
  if (window.innerWidth < 900) document.getElementById("chooser").open = false;
  update(false);
})();
