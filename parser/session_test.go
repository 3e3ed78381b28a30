package parser_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/parser"
)

// What is kept from one query for the next, and used by several goroutines in
// turns, does not show: neither in trees nor in errors, whatever the sizes.
func TestSessions(t *testing.T) {
	var texts []string
	for _, n := range []int{1, 30, 300} {
		texts = append(texts,
			"process where "+strings.Repeat(`a.b : ("x", "y*") or not c.d in (1, length(e)) and `, n)+"true",
			"process where "+strings.Repeat(`a.b : ("x", "y*") or `, n)+`(f in ("z", g`, // nothing is closed
			"sequence by h "+strings.Repeat(`[any where i.j == "k" and l.m like ("n", "o")] by p `, n),
			strings.Repeat("`q`.r, ", n),
		)
	}
	parse := func(text string) string {
		var out strings.Builder
		for _, dialect := range []ast.Dialect{ast.Elasticsearch, ast.Endpoint} {
			q, err := parser.Parse(&source.File{Text: text}, parser.Options{Dialect: dialect})
			if err != nil {
				fmt.Fprintln(&out, err)
			} else {
				fmt.Fprintln(&out, ast.Format(q))
			}
		}
		return out.String()
	}
	want := make([]string, len(texts))
	for i, text := range texts {
		want[i] = parse(text)
	}
	var group sync.WaitGroup
	for g := range 3 {
		group.Go(func() {
			for i := range len(texts) {
				n := (i*(g+1) + g) % len(texts)
				assert.Equal(t, want[n], parse(texts[n]))
			}
		})
	}
	group.Wait()
}
