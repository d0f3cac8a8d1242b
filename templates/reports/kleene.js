"use strict";
// The three values are true, false and null (undecided): the semantics of engine/conditions.py.

// A condition's value where at.facts is key -> {state, value} and at.happened is "kind name" -> true.
function kleene(condition, at) {
  const items = condition.items || [];
  switch (condition.type) {
    case "all": return every(items.map(function (item) { return kleene(item, at); }));
    case "any": return opposite(every(items.map(function (item) { return opposite(kleene(item, at)); })));
    case "not": return opposite(kleene(condition.item, at));
    case "maybe": return kleene(condition.item, at) !== false;
    case "happened": return at.happened[condition.kind + " " + condition.name] === true;
    case "known": {
      const answer = at.facts[condition.fact];
      return answer ? answer.state === "known" : null;
    }
    case "test": {
      const answer = at.facts[condition.fact];
      return answer && answer.state === "known" ? compare(condition, answer.value) : null;
    }
  }
  throw new Error("unknown condition " + condition.type);
}

function every(verdicts) {
  if (verdicts.includes(false)) return false;
  return verdicts.includes(null) ? null : true;
}

function opposite(verdict) {
  return verdict === null ? null : !verdict;
}

function compare(test, value) {
  const wanted = test.values;
  switch (test.op) {
    case "in":
      if (Array.isArray(value)) return wanted.some(function (choice) { return value.includes(choice); });
      return wanted.includes(value);
    case "lt": return value < wanted[0];
    case "lte": return value <= wanted[0];
    case "gt": return value > wanted[0];
    case "gte": return value >= wanted[0];
  }
  throw new Error("unknown comparison " + test.op);
}

// The address tells what was chosen: #fault_kind=total&system_back=~open&papers=a,b&.call-it=done,overdue
// Picks: fact key -> [option ids], and "." + step or fact key -> [outcome kinds].
function readHash(hash, data) {
  const picks = {};
  const places = Object.create(null);
  data.facts.forEach(function (fact) {
    places[fact.name] = { key: fact.key, ids: fact.options.map(function (option) { return option.id; }) };
    if (fact.overdue) places["." + fact.name] = { key: "." + fact.key, ids: ["overdue"] };
  });
  data.outcomes.forEach(function (step) {
    places["." + step.name] = { key: "." + step.key, ids: step.options.map(function (o) { return o.kind; }) };
  });
  hash.replace(/^#/, "").split("&").forEach(function (part) {
    const cut = part.indexOf("=");
    const place = places[decode(part.slice(0, Math.max(cut, 0)))];
    if (!place) return;
    const wanted = decode(part.slice(cut + 1)).split(",");
    const ids = place.ids.filter(function (id) { return wanted.includes(id); });
    if (ids.length) picks[place.key] = ids;
  });
  return picks;
}

function decode(text) {
  try { return decodeURIComponent(text); } catch (error) { return text; }
}

function writeHash(picks, data) {
  const parts = [];
  data.facts.forEach(function (fact) {
    if (picks[fact.key]) parts.push(fact.name + "=" + picks[fact.key].join(","));
    if (picks["." + fact.key]) parts.push("." + fact.name + "=overdue");
  });
  data.outcomes.forEach(function (step) {
    if (picks["." + step.key]) parts.push("." + step.name + "=" + picks["." + step.key].join(","));
  });
  return parts.join("&");
}

// What the picks mean to conditions.
function situation(picks, data) {
  const at = { facts: {}, happened: {} };
  data.facts.forEach(function (fact) {
    const chosen = fact.options.filter(function (option) { return (picks[fact.key] || []).includes(option.id); });
    if (chosen.length) {
      const values = chosen.map(function (option) { return option.value; });
      const several = values.filter(function (value) { return value !== null; });
      at.facts[fact.key] = { state: chosen[0].state, value: fact.many ? several : values[0] };
    }
    if (picks["." + fact.key]) at.happened["overdue " + fact.key] = true;
  });
  data.outcomes.forEach(function (step) {
    (picks["." + step.key] || []).forEach(function (kind) { at.happened[kind + " " + step.key] = true; });
  });
  return at;
}

// Verdicts of all rules, and what becomes of the steps: true wanted, null perhaps, false not.
function judge(data, at) {
  const made = { rules: {}, steps: {}, derived: {}, clauses: {} };
  data.rules.forEach(function (rule) {
    const parts = rule.clauses.map(function (clause) { return kleene(clause.when, at); });
    const verdict = every(parts);
    made.clauses[rule.key] = parts;
    made.rules[rule.key] = verdict;
    rule.steps.forEach(function (step) {
      const before = step in made.steps ? made.steps[step] : false;
      made.steps[step] = before === true || verdict === true ? true : before === null ? null : verdict;
    });
  });
  Object.keys(data.derived).forEach(function (key) { made.derived[key] = kleene(data.derived[key], at); });
  return made;
}
