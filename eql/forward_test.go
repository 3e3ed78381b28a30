package eql_test

import (
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestStreamOptionsAreForwarded wants every function of stream.go to hand its
// parameters, in order, to the function of its name in eval: what they do is
// tested there.
func TestStreamOptionsAreForwarded(t *testing.T) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, "stream.go", nil, 0)
	require.NoError(t, err)
	n := 0
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		var params []string
		for _, p := range f.Type.Params.List {
			for _, name := range p.Names {
				if _, variadic := p.Type.(*ast.Ellipsis); variadic {
					name.Name += "..."
				}
				params = append(params, name.Name)
			}
		}
		var body strings.Builder
		require.Len(t, f.Body.List, 1, f.Name.Name)
		require.NoError(t, printer.Fprint(&body, files, f.Body.List[0]))
		assert.Equal(t, "return eval."+f.Name.Name+"("+strings.Join(params, ", ")+")", body.String())
		n++
	}
	assert.Greater(t, n, 20)
}
