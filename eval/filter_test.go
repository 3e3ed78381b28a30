package eval_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eval"
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/parser"
)

func queryOf(t *testing.T, dialect ast.Dialect, text string) *eval.Query {
	t.Helper()
	tree, err := parser.Parse(&source.File{Text: text}, parser.Options{Dialect: dialect})
	require.NoError(t, err)
	q, err := eval.Compile(tree, eval.Config{Dialect: dialect})
	require.NoError(t, err)
	return q
}

func TestFilter(t *testing.T) {
	q := queryOf(t, ast.Elasticsearch, `process where process.name : "CMD.exe" and number(process.arg) == 1`)
	var reported []error
	f, err := eval.NewFilter(q, func(err error) { reported = append(reported, err) })
	require.NoError(t, err)
	assert.Same(t, q, f.Query())
	for text, want := range map[string]bool{
		`{"event": {"category": "process"}, "process": {"name": "cmd.EXE", "arg": "1"}}`:               true,
		`{"event": {"category": ["a", "process"]}, "process": {"name": ["b", "cmd.EXE"], "arg": "1"}}`: true,
		`{"event": {"category": "process"}, "process": {"name": "cmd.EXE", "arg": "2"}}`:               false,
		`{"event": {"category": "Process"}, "process": {"name": "cmd.EXE", "arg": "1"}}`:               false,
		`{"event": {"category": ["a", "b"]}, "process": {"name": "cmd.EXE", "arg": "1"}}`:              false,
		`{"process": {"name": "cmd.EXE", "arg": "1"}}`:                                                 false,
		`{"event": {"category": "process"}, "process": {"name": "other", "arg": "x"}}`:                 false,
	} {
		got, err := f.Match(event.JSON([]byte(text)))
		require.NoError(t, err)
		assert.Equal(t, want, got, text)
	}
	assert.Empty(t, reported)
	bad := event.JSON([]byte(`{"event": {"category": "process"}, "process": {"name": "cmd.exe", "arg": "x"}}`))
	got, err := f.Match(bad)
	require.NoError(t, err)
	assert.False(t, got)
	assert.Len(t, reported, 1)
	_, err = f.Match(event.JSON([]byte("{")))
	require.Error(t, err)

	silent, err := eval.NewFilter(q, nil)
	require.NoError(t, err)
	got, err = silent.Match(bad)
	require.NoError(t, err)
	assert.False(t, got)
}

func TestFilterRecords(t *testing.T) {
	f, err := eval.NewFilter(queryOf(t, ast.Elasticsearch, `any where a : ("x*", "*y") and n in (1, 2)`), nil)
	require.NoError(t, err)
	yes, no := f.NewRecord(), f.NewRecord()
	require.NoError(t, yes.Fill(event.Map{"a": "XX", "n": 2}))
	require.NoError(t, no.Fill(event.Map{"a": "XX", "n": 3}))
	var all sync.WaitGroup
	for range 4 {
		other := f.Clone()
		all.Go(func() {
			rec := f.NewRecord()
			for range 100 {
				assert.NoError(t, rec.Fill(event.Map{"a": "zY", "n": 1}))
				assert.True(t, other.Test(rec))
			}
		})
	}
	for range 100 {
		assert.True(t, f.Test(yes))
		assert.False(t, f.Test(no))
	}
	all.Wait()
	assert.Zero(t, testing.AllocsPerRun(100, func() { f.Test(yes); f.Test(no) }))

	foreign, err := eval.NewFilter(f.Query(), nil)
	require.NoError(t, err)
	assert.Panics(t, func() { foreign.Test(yes) })
}

// What is asked twice must not be answered from another record.
func TestFilterForgets(t *testing.T) {
	f, err := eval.NewFilter(queryOf(t, ast.Elasticsearch, `any where (a : "*x*z" or b == 1) and (a : "*x*z" or c == 1)`), nil)
	require.NoError(t, err)
	yes, no := f.NewRecord(), f.NewRecord()
	require.NoError(t, yes.Fill(event.Map{"a": "xz"}))
	require.NoError(t, no.Fill(event.Map{"a": "xy"}))
	for range 2 {
		assert.True(t, f.Test(yes))
		assert.False(t, f.Test(no))
	}
}

func TestFilterRefuses(t *testing.T) {
	for text, dialect := range map[string]ast.Dialect{
		`sequence [a where true] [b where true]`:               ast.Elasticsearch,
		`sample by x [a where true] [b where true]`:            ast.Elasticsearch,
		`any where true | head 3`:                              ast.Elasticsearch,
		`process where descendant of [process where pid == 1]`: ast.Endpoint,
	} {
		f, err := eval.NewFilter(queryOf(t, dialect, text), nil)
		require.Error(t, err, text)
		assert.Nil(t, f)
	}
}
