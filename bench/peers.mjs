// The yardsticks of the rules that are Node packages, pinned in package.json for development only.
//
//     node bench/peers.mjs < CASES
//
// CASES is one JSON object: `rules`, each with product, channel, segment and score_below, of which
// the first that matches decides, and `issues`, each with product, channel, segment and score.
// Prints one line for each yardstick: its name, decisions in a second, and the number of the first
// matching rule for each issue, -1 for none; and one for a single condition run again and again.
import { readFileSync } from 'node:fs';
import { parse } from '@marcbachmann/cel-js';
import { ZenEngine } from '@gorules/zen-engine';

const SECONDS = 1.5;
const CHECKED = 200; // issues whose answers are printed, and which cel-js decides

const cases = JSON.parse(readFileSync(0, 'utf8'));

function conditionOf(rule) {
  return `issue.product == "${rule.product}" && issue.channel == "${rule.channel}" && ` +
    `customer.segment == "${rule.segment}" && issue.score < ${rule.score_below}`;
}

function factsOf(issue) {
  return {
    issue: { product: issue.product, channel: issue.channel, score: BigInt(issue.score) },
    customer: { segment: issue.segment },
  };
}

async function rateOf(decide, issueCount) {
  const start = process.hrtime.bigint();
  let count = 0;
  let elapsed = 0;
  while (elapsed < SECONDS) {
    await decide(count % issueCount);
    ++count;
    if (count % 16 === 0) elapsed = Number(process.hrtime.bigint() - start) / 1e9;
  }
  return count / elapsed;
}

// For what answers at once: waiting for an answer that is there would be most of the time.
function rateOfSync(decide, issueCount) {
  const start = process.hrtime.bigint();
  let count = 0;
  let elapsed = 0;
  while (elapsed < SECONDS) {
    for (let i = 0; i < issueCount; ++i) decide(i);
    count += issueCount;
    elapsed = Number(process.hrtime.bigint() - start) / 1e9;
  }
  return count / elapsed;
}

async function report(name, decide, rate) {
  const answers = [];
  for (let i = 0; i < Math.min(CHECKED, cases.issues.length); ++i) answers.push(await decide(i));
  console.log(name, rate, answers.join(','));
}

function celDecider() {
  const conditions = cases.rules.map((rule) => parse(conditionOf(rule)));
  const facts = cases.issues.map(factsOf);
  return (i) => conditions.findIndex((condition) => condition(facts[i]));
}

function zenDecider() {
  const table = {
    hitPolicy: 'first',
    inputs: ['product', 'channel', 'segment', 'score'].map((field) => ({ id: field, name: field, field })),
    outputs: [{ id: 'row', name: 'row', field: 'row' }],
    rules: cases.rules.map((rule, i) => ({
      _id: `r${i}`, product: `"${rule.product}"`, channel: `"${rule.channel}"`,
      segment: `"${rule.segment}"`, score: `< ${rule.score_below}`, row: `${i}`,
    })),
  };
  const nodes = [
    { id: 'in', name: 'in', type: 'inputNode', position: { x: 0, y: 0 } },
    { id: 'table', name: 'table', type: 'decisionTableNode', content: table, position: { x: 1, y: 0 } },
    { id: 'out', name: 'out', type: 'outputNode', position: { x: 2, y: 0 } },
  ];
  const edges = [
    { id: 'a', type: 'edge', sourceId: 'in', targetId: 'table' },
    { id: 'b', type: 'edge', sourceId: 'table', targetId: 'out' },
  ];
  const decision = new ZenEngine().createDecision({ nodes, edges });
  return async (i) => {
    const found = await decision.evaluate(cases.issues[i]);
    return found.result?.row ?? -1;
  };
}

const cel = celDecider();
await report('cel-js', cel, rateOfSync(cel, CHECKED));
const zen = zenDecider();
await report('zen', zen, await rateOf(zen, cases.issues.length));
const single = parse(conditionOf(cases.rules[0]));
const facts = cases.issues.map(factsOf);
const decideSingle = (i) => (single(facts[i]) ? 0 : -1);
await report('cel-js-single', decideSingle, rateOfSync(decideSingle, CHECKED));
