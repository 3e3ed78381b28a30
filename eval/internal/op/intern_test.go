package op_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/internal/op"
	"github.com/eqlkit/eqlkit/eval/internal/plan"
	"github.com/eqlkit/eqlkit/parser"
)

// TestInterning sees to it that what computes the same is one predicate and one
// expression, and what does not is not.
func TestInterning(t *testing.T) {
	layout := event.NewLayout()
	b := &op.Builder{Layout: layout, Slot: func(l *event.Layout, f *plan.Field) event.Slot { return l.Add(f.Path) }}
	condition := func(text string) plan.Expr {
		tree, err := parser.Parse(&source.File{Text: "any where " + text}, parser.Options{})
		require.NoError(t, err)
		q, err := plan.New(tree, plan.Options{Size: -1, CategoryField: "event.category", TimestampField: "@timestamp"})
		require.NoError(t, err)
		return q.Steps[0].Cond
	}
	texts := []string{
		`a == 1 and (b like "x*" or not (c == "y" and d in (1, 2)))`,
		`a == 1 and (b like "x*" or not (c == "y" or d in (1, 2)))`,
		`a == 1 or (b like "x*" and not (c == "y" and d in (1, 2)))`,
		`a == 1 and (b like~ "x*" or not (c == "y" and d in (1, 2)))`,
		`a == 1 and (b like "x*" or (c == "y" and d in (1, 2)))`,
		`a == 1 and (not (c == "y" and d in (1, 2)) or b like "x*")`,
		`not (c == "y" and d in (1, 2))`,
	}
	seen := make(map[op.Pred]string)
	firsts := make(map[plan.Expr]string)
	for _, text := range texts {
		p := b.Condition(condition(text))
		assert.Empty(t, seen[p], text)
		seen[p] = text
		xs := []plan.Expr{condition(text)}
		assert.Same(t, p, b.All(xs))
		assert.Empty(t, firsts[xs[0]], text)
		firsts[xs[0]] = text
		again := []plan.Expr{condition(text)}
		b.All(again)
		assert.Same(t, xs[0], again[0])
	}

	inner := condition(texts[0]).(*plan.Logic).Xs
	apart := []plan.Expr{inner[0], inner[1]}
	b.All(apart)
	within := []plan.Expr{condition(texts[0])}
	b.All(within)
	assert.Same(t, apart[0], within[0].(*plan.Logic).Xs[0], "operands are the first like them, too")
	assert.Same(t, apart[1], within[0].(*plan.Logic).Xs[1])
}
