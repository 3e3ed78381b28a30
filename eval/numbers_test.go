package eval_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/eval"
	"github.com/eqlkit/eqlkit/eval/value"
)

// A single is an event with one field besides its category.
type single struct{ v value.Value }

func (s single) Field(path string) value.Value {
	switch path {
	case "n":
		return s.v
	case "event.category":
		return value.OfString("c")
	default:
		return value.Value{}
	}
}

// TestIndexOfNumbers compares values with numbers, alone and in company, with and
// without the index: it knows between which of the numbers that conditions name a value
// lies, and what it decides must be what the conditions say.
func TestIndexOfNumbers(t *testing.T) {
	constants := []string{"-1", "0", "5", "6", "5.5", "-9223372036854775807", "9223372036854775807", "9223372036854775808"}
	forms := []string{"n %s %s", "not (n %s %s)", "n %s %s or m == 1", "not (n %s %s and m == null)", "not (m == null and not n %s %s)"}
	values := []value.Value{
		{},
		value.OfBool(true), value.OfBool(false), value.OfIP("::5"), value.OfVersion("5"),
		value.OfFloat(math.NaN()), value.OfFloat(math.Inf(1)), value.OfFloat(math.Inf(-1)), value.OfFloat(math.Copysign(0, -1)),
	}
	for _, i := range []int64{math.MinInt64, math.MinInt64 + 1, -2, -1, 0, 1, 4, 5, 6, 7, 1<<53 + 1, math.MaxInt64} {
		values = append(values, value.OfInt(i), value.OfFloat(float64(i)), value.OfFloat(float64(i)+0.5), value.OfString(fmt.Sprint(i)))
	}
	for _, u := range []uint64{5, 1 << 63, 1<<63 + 1, math.MaxUint64} {
		values = append(values, value.OfUint(u), value.OfFloat(float64(u)), value.OfString(fmt.Sprint(u)))
	}
	for _, s := range []string{"", "-", "five", "5.5", "+5", "05", " 5", "99999999999999999999", "-99999999999999999999"} {
		values = append(values, value.OfString(s))
	}
	for i := range 40 {
		values = append(values, value.OfList([]value.Value{values[i], values[(i*7+3)%len(values)]}), value.OfList([]value.Value{values[i+1]}))
	}
	for _, dialects := range [][]ast.Dialect{{ast.Elasticsearch}, {ast.Endpoint}, {ast.Elasticsearch, ast.Endpoint}} {
		var queries []*eval.Query
		add := func(cond string) {
			for _, d := range dialects {
				queries = append(queries, compileWith(t, "any where "+cond, eval.Config{ID: fmt.Sprint(d, ": ", cond), Dialect: d}))
			}
		}
		for _, c := range constants {
			for _, op := range []string{"==", "!=", "<", "<=", ">", ">="} {
				for _, form := range forms {
					add(fmt.Sprintf(form, op, c))
				}
			}
		}
		add(`n in (5, 6, 6.5) or n : "5*" and n <= 60`)
		add(`n in (5, -1)`)
		add(`not n in (5, 6.5)`)
		for from := 0; from < len(queries); from += 97 { // other numbers together
			e := eval.NewEngine(queries[from:min(from+120, len(queries))]...)
			indexed, plain := e.NewStream(), e.NewStream(eval.WithoutIndex())
			for range 2 { // the second time values are remembered
				for _, v := range values {
					require.Equal(t, held(t, plain, single{v}), held(t, indexed, single{v}), "%v: %v", dialects, v)
				}
			}
		}
	}
}

// held returns the queries that an event satisfies.
func held(t *testing.T, s *eval.Stream, ev eval.Event) (ids []string) {
	require.NoError(t, s.Push(ev, func(m eval.Match) bool {
		ids = append(ids, m.Query.ID())
		return true
	}))
	return ids
}
