package bench

import (
	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/parser"
	"github.com/eqlkit/eqlkit/rule"
)

// compile makes queries of the rules that have no error.
func (c *Config) compile(set *rule.Set) []*eql.Query {
	if c.AllSystems {
		for _, r := range set.Rules {
			r.OS = nil
		}
	}
	queries, _ := eql.CompileRules(set.Rules, c.Options...) // the rest is counted
	return queries
}

// parse parses the rules and does nothing else.
func (c *Config) parse(set *rule.Set) {
	for _, r := range set.Rules {
		_, _ = parser.Parse(r.Query, parser.Options{Dialect: r.Dialect})
	}
}

// some returns n of the queries, at equal distances, in order.
func some(queries []*eql.Query, n int) []*eql.Query {
	if n >= len(queries) {
		return queries
	}
	out := make([]*eql.Query, n)
	for i := range out {
		out[i] = queries[i*len(queries)/n]
	}
	return out
}
