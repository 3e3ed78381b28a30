package eval_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eval"
	"github.com/eqlkit/eqlkit/parser"
)

// TestRefusedQueries has what is well-formed but means nothing, with the first
// problem.
func TestRefusedQueries(t *testing.T) {
	for query, want := range map[string]string{
		`sequence [a where true]`: "1:1: a sequence needs at least two steps, found one",
		`sequence [a where true] with runs=100 [a where true] with runs=100 [a where true] with runs=57`:        "1:1: a sequence cannot have more than 256 steps, found 257",
		`sequence [a where true] with runs=0 [b where true]`:                                                    "runs must be at least 1, found 0",
		`sequence [a where true] with runs=101 [b where true]`:                                                  "runs must be at most 100, found 101",
		`sequence with maxspan=1m ![a where true] ![b where true]`:                                              "1:1: a sequence needs a step that is not a missing event",
		`sequence [a where true] ![b where true]`:                                                               "1:25: a missing event needs a maxspan",
		`sequence [a where true] [b where true] until [c where true] with runs=2`:                               "until takes no runs",
		`sequence with maxspan=1s [a where true] [b where true] until ![c where true]`:                          "until takes an event, not a missing event",
		`sequence [a where true] by x [b where true]`:                                                           "join key",
		`sequence by x [a where true] by y [b where true] by y, z`:                                              "join key",
		`sequence by 1 [a where true] [b where true]`:                                                           "1:13:",
		`sequence by length(x) [a where true] [b where true]`:                                                   "1:13:",
		`sample [a where true] [b where true]`:                                                                  "1:1:",
		`sample by x [a where true]`:                                                                            "1:1: a sample needs at least two filters, found one",
		`sample by x [a where true] [a where true] [a where true] [a where true] [a where true] [a where true]`: "1:1: a sample cannot have more than 5 filters, found 6",
		`sample by x ![a where true] [b where true]`:                                                            "a sample takes no missing events",
		`sample by x, x [a where true] [b where true]`:                                                          "the join key x is used twice",
		`sample by x [a where true] [b where true] | head 3`:                                                    "1:45: a sample takes no pipes",
		`any where true | head`:                                                                                 "1:18:",
		`any where true | head 1, 2`:                                                                            "1:18:",
		`any where true | head -1`:                                                                              "1:23:",
		`any where true | tail x`:                                                                               "1:23:",
		`any where true | tail "3"`:                                                                             "1:23:",
		`any where true | count`:                                                                                "1:18:",
		`any where true | haed 3`:                                                                               "did you mean head?",
		`any where 1 / 0 == 2`:                                                                                  "1:11: division by zero",
		`any where add(2147483647, 1) == 2`:                                                                     "1:11: integer overflow: numbers of 32 bits give a result of 32 bits",
		`any where add(1, -(65536 * 32767)) + multiply(-32768, 65536) == 2`:                                     "1:11: integer overflow: numbers of 32 bits give a result of 32 bits",
		`any where 2147483647 + 1 == 2`:                                                                         "1:11: integer overflow: numbers of 32 bits give a result of 32 bits",
		`any where number("x") == 2`:                                                                            "1:11: number: cannot convert",
		`any where length("a", "b") == 2`:                                                                       "length takes exactly one argument, found 2",
		`any where between("a") == "b"`:                                                                         "between takes 3 to 4 arguments, found 1",
		`any where concat() == "b"`:                                                                             "concat takes at least one argument, found 0",
		`any where length~("a") == 2`:                                                                           "length has no form that ignores case; leave out the ~",
		`any where wildcard(f, "a")`:                                                                            `unknown function wildcard; write field : ("a*", "b*") instead`,
		`any where lenght(f) == 2`:                                                                              "unknown function lenght; did you mean length?",
		`any where f == g`:                                                                                      "a field cannot be compared with another field",
		`any where f : (1, "a")`:                                                                                "1:11:",
		`any where cidrMatch(f, 5)`:                                                                             "1:11:",
		`any where cidrMatch(f, "10.0.0.x")`:                                                                    "1:24:",
		`any where f regex "a|"`:                                                                                "1:22: invalid regular expression: the pattern ends where something to match is expected",
	} {
		tree, err := parser.Parse(&source.File{Text: query}, parser.Options{})
		require.NoError(t, err, query)
		_, err = eval.Compile(tree, eval.Config{})
		var list source.List
		require.ErrorAs(t, err, &list, query)
		assert.Contains(t, err.Error(), want, query)
	}
}

// TestExplanations has what is said about the parts of a plan.
func TestExplanations(t *testing.T) {
	for query, want := range map[string][]string{
		`any where f == 1 and g in ("a", "b")`: {"event query", "state: none", "all of", "exact", "hash set"},
		`a where not (f : "x*" or g regex "y+") and h > 5 and length(i) > 3 and j == null and k in (1, "x") and ?l == ?m`: {
			"compiled wildcard", "compiled regular expression", "ordered", "computed", "field is missing", "list", "not",
		},
		`sequence by k with maxspan=5m [a where true] ![b where true] [c where true] until [d where true] | head 3 | tail 2`: {
			"sequence: 2 events in order", "forgotten 5m0s after its first event", "missing events", "until: ends", "the first 3 results", "the last 2 results",
		},
		`sequence [a where true] with runs=3`:                               {"sequence: 3 events in order, all events together", "no maxspan"},
		`sample by k [a where true] [b where true]`:                         {"sample: 2 different events in any order", "answered when the stream is closed"},
		`any where @timestamp == "2024-05-01" or @timestamp > "2024-05-01"`: {"range", "date 2024-05-01T00:00:00.000Z"},
		`any where null`: {"never true"},
	} {
		got := compile(t, query).Explain()
		for _, part := range want {
			assert.Contains(t, got, part, query)
		}
	}
}
