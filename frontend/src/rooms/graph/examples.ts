// Formulas that are worth a look, at the numbers where they show it.
import type { Key } from "../../i18n";

export interface Example {
  readonly name: Key;
  readonly formula: string;
  readonly at: string;
}

export const EXAMPLES: readonly Example[] = [
  { name: "graph.example.naive", formula: "1/(1+exp(-x))", at: "x:-1000" },
  { name: "graph.example.stable", formula: "where(x >= 0, 1, exp(-abs(x)))/(1+exp(-abs(x)))", at: "x:-1000" },
  { name: "graph.example.softplus", formula: "log(1+exp(x))", at: "x:-40" },
  { name: "graph.example.tanh", formula: "(exp(x)-exp(-x))/(exp(x)+exp(-x))", at: "x:0.0001" },
  { name: "graph.example.logsumexp", formula: "log(exp(a)+exp(b))", at: "a:1000,b:999" },
  { name: "graph.example.roots", formula: "sqrt(x+1)-sqrt(x)", at: "x:1000000000000000" },
  { name: "graph.example.quotient", formula: "(exp(x)-1)/x", at: "x:1e-12" },
];
