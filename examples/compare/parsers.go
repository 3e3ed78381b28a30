package main

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/bytedance/sonic"
	"github.com/bytedance/sonic/ast"
	"github.com/minio/simdjson-go"
	"github.com/valyala/fastjson"

	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/eql/bench"
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/rule"
)

// caseParse is the fastest that there is without the values of fields.
const caseParse = "fastjson, parse only"

// A parserCase is what one library does with a document.
type parserCase struct {
	name string
	run  func(doc []byte)
}

// parserCases returns cases that read the fields of the rules, or of a few of them,
// out of the events by several libraries. What they do is the same as far as the
// library can: fields that are nested, without a look at keys with dots.
func parserCases(rules []string, events [][]byte) ([]bench.Case, error) {
	queries, err := eql.CompileRules(rule.Load(rules...).Rules)
	if len(queries) == 0 {
		return nil, err
	}
	all := pathsOf(queries)
	few := pathsOf(evenly(queries, 10))
	cases := []parserCase{
		{"this module, fields of 10 rules", extractor(few)},
		{caseParse, fastjsonReader(nil)},
		{"fastjson, fields of 10 rules", fastjsonReader(few)},
		{"fastjson, fields of all rules", fastjsonReader(all)},
		{"sonic, fields of 10 rules", sonicReader(few)},
		{"sonic into a map", sonicMap(sonic.ConfigDefault)},
		{"sonic into a map, as encoding/json", sonicMap(sonic.ConfigStd)},
	}
	if simdjson.SupportedCPU() {
		cases = append(cases,
			parserCase{"simdjson-go, parse only", simdjsonReader(nil)},
			parserCase{"simdjson-go, fields of 10 rules", simdjsonReader(few)})
	}
	if decodeV2 != nil {
		cases = append(cases, parserCase{"encoding/json/v2 into a map", decodeV2})
	}
	out := make([]bench.Case, len(cases))
	for i, c := range cases {
		out[i] = bench.Case{Name: c.name, Events: len(events), Run: func() error {
			for _, doc := range events {
				c.run(doc)
			}
			return nil
		}}
	}
	return out, nil
}

// pathsOf returns the fields that queries read, each once.
func pathsOf(queries []*eql.Query) [][]string {
	var names []string
	for _, q := range queries {
		names = append(names, q.Fields()...)
	}
	slices.Sort(names)
	var out [][]string
	for _, name := range slices.Compact(names) {
		out = append(out, strings.Split(name, "."))
	}
	return out
}

// evenly returns n of the queries, at equal distances.
func evenly(queries []*eql.Query, n int) []*eql.Query {
	if n >= len(queries) {
		return queries
	}
	out := make([]*eql.Query, n)
	for i := range out {
		out[i] = queries[i*len(queries)/n]
	}
	return out
}

func extractor(paths [][]string) func([]byte) {
	l := event.NewLayout()
	for _, p := range paths {
		l.Add(strings.Join(p, "."))
	}
	r := event.NewRecord(l)
	return func(doc []byte) { _ = r.Fill(event.JSON(doc)) }
}

func fastjsonReader(paths [][]string) func([]byte) {
	var p fastjson.Parser
	values := make([]*fastjson.Value, len(paths))
	return func(doc []byte) {
		v, err := p.ParseBytes(doc)
		if err != nil {
			return
		}
		for i, path := range paths {
			values[i] = v.Get(path...)
		}
	}
}

func sonicMap(api sonic.API) func([]byte) {
	return func(doc []byte) {
		var m map[string]any
		_ = api.Unmarshal(doc, &m)
	}
}

func sonicReader(paths [][]string) func([]byte) {
	keys := make([][]any, len(paths))
	for i, p := range paths {
		for _, k := range p {
			keys[i] = append(keys[i], k)
		}
	}
	values := make([]ast.Node, len(paths))
	return func(doc []byte) {
		for i, path := range keys {
			values[i], _ = sonic.Get(doc, path...)
		}
	}
}

func simdjsonReader(paths [][]string) func([]byte) {
	var parsed *simdjson.ParsedJson
	var found simdjson.Element
	return func(doc []byte) {
		var err error
		if parsed, err = simdjson.Parse(doc, parsed, simdjson.WithCopyStrings(false)); err != nil {
			parsed = nil
			return
		}
		i := parsed.Iter()
		i.Advance()
		_, root, err := i.Root(nil)
		if err != nil {
			return
		}
		for _, path := range paths {
			_, _ = root.FindElement(&found, path...)
		}
	}
}

// addParserGoals adds what is promised against other parsers.
func addParserGoals(r *bench.Report) {
	v, ok := r.Times.Ratio(caseParse, bench.CaseAll)
	r.AddRatio("to alerts / fastjson parsing alone, events/s", bench.AtLeast(0.2), v, ok, "")
}

// decodeStd decodes with encoding/json, the judge of what is right.
func decodeStd(doc []byte) (map[string]any, error) {
	var m map[string]any
	err := json.Unmarshal(doc, &m)
	return m, err
}
