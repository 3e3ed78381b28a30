package eqltest_test

import (
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/eql/eqltest"
	"github.com/eqlkit/eqlkit/eval/fn"
	"github.com/eqlkit/eqlkit/eval/value"
)

// double is a function that rules of these tests may call.
var double = fn.Func{
	Name: "double", Params: []fn.Param{{Name: "n", Type: fn.Integer}}, Result: fn.Integer,
	Prepare: func(bool, []*value.Value) (fn.Impl, error) {
		return func(args []value.Value) (value.Value, error) { return value.OfInt(2 * args[0].Int()), nil }, nil
	},
}

// TestOptions runs rules whose tests pass by an option alone.
func TestOptions(t *testing.T) {
	const (
		event    = `{ event.category = "process", n = 21, process.name = "a" }`
		anyTwo   = `sequence [process where true] [process where true]`
		tooApart = `events = [` + event + `, { event.category = "process", "@offset" = "+1h" }]`
	)
	coverage := filepath.Join(t.TempDir(), "coverage.txt")
	for name, c := range map[string]struct {
		query, test string
		opt         eqltest.Option
	}{
		"WithCompile":  {`process where double(n) == 42`, "alerts = 1\nevents = [" + event + "]", eqltest.WithCompile(eql.WithFunctions(double))},
		"WithStream":   {anyTwo, "alerts = 0\n" + tooApart, eqltest.WithStream(eql.WithDefaultMaxSpan(time.Minute))},
		"WithDialect":  {`process where _arraysearch(process.name, $n, $n == "a")`, "alerts = 1\nevents = [" + event + "]", eqltest.WithDialect(eql.Endpoint)},
		"WithRoots":    {anyTwo, "alerts = 1\n" + tooApart, eqltest.WithRoots("good")},
		"WithCoverage": {anyTwo, "alerts = 1\n" + tooApart, eqltest.WithCoverage(coverage)},
	} {
		t.Run(name, func(t *testing.T) {
			rules := fstest.MapFS{
				"good/r.toml":      {Data: []byte("[rule]\nrule_id = \"11111111-1111-4111-8111-111111111101\"\nname = \"R\"\nlanguage = \"eql\"\ntype = \"eql\"\nquery = '''" + c.query + "'''\n")},
				"good/r_test.toml": {Data: []byte("[[case]]\nname = \"case\"\n" + c.test + "\n")},
			}
			if name == "WithRoots" {
				rules["bad/r.toml"] = &fstest.MapFile{Data: []byte("no rule")}
			}
			eqltest.Run(t, rules, c.opt)
		})
	}
	text, err := os.ReadFile(coverage)
	require.NoError(t, err)
	assert.Contains(t, string(text), "good/r.toml")
}
