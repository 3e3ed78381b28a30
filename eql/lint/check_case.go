package lint

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
)

var caseCodes = []Check{
	{Code: "case-sensitive-path", Severity: source.Warning, Doc: "A Windows path is compared with ==, in, like or a function that minds case; Windows does not."},
}

// windowsPath matches values that can only be paths of Windows or its registry:
// a drive or a share with something below it, or a hive.
var windowsPath = regexp.MustCompile(`^(?i:[a-z?]:\\|\\\\[^\\]|\\Device\\|\\REGISTRY\\|(HKLM|HKCU|HKU|HKCR|HKEY_[A-Z_]+)\\|\*\\)`)

// pathNames are last names of fields that hold paths or command lines.
var pathNames = set("path executable command_line working_directory directory args target_path device_path")

// caseTraps looks for paths of Windows that are compared as they are written.
func caseTraps(p *pass) {
	nodes(p, func(x *ast.Binary) {
		if x.Op != ast.Eq && x.Op != ast.Ne {
			return
		}
		if !holdsPath(x.X) || !isWindowsPath(x.Y) {
			return
		}
		var fixes []source.Fix
		if s := ast.Unparen(x.Y).(*ast.String); x.Op == ast.Eq && !strings.ContainsAny(s.Value, "*?") {
			fixes = append(fixes, replace("write :, which ignores case", false, source.Span{Start: x.OpPos, End: x.OpPos + 2}, ":"))
		}
		p.reportCase(x.Y.Span(), x.Op.String(), 1, ":", fixes...)
	})
	nodes(p, func(x *ast.Match) {
		insteadOf := map[ast.Op]string{ast.In: "in~", ast.Like: "like~"}[x.Op]
		if insteadOf == "" || !holdsPath(x.X) {
			return
		}
		var first ast.Expr
		n := 0
		for _, item := range x.List {
			if isWindowsPath(item) {
				if first == nil {
					first = item
				}
				n++
			}
		}
		if first != nil {
			var fixes []source.Fix
			if !x.Not {
				fixes = append(fixes, replace("write "+insteadOf, false, operator(x), insteadOf))
			}
			p.reportCase(first.Span(), x.Op.String(), n, insteadOf, fixes...)
		}
	})
	nodes(p, func(x *ast.Call) {
		switch strings.ToLower(x.Name.Name) {
		case "startswith", "endswith", "stringcontains":
			if !x.Fold && len(x.Args) == 2 && holdsPath(x.Args[0]) && isWindowsPath(x.Args[1]) {
				p.reportCase(x.Args[1].Span(), x.Name.Name, 1, x.Name.Name+"~",
					replace("write "+x.Name.Name+"~", false, x.Name.Range, x.Name.Name+"~"))
			}
		}
	})
}

func (p *pass) reportCase(at source.Span, op string, n int, instead string, fixes ...source.Fix) {
	what := "a Windows path"
	if n > 1 {
		what = fmt.Sprintf("%d Windows paths", n)
	}
	p.report("case-sensitive-path", at, fmt.Sprintf("%s minds case, but %s may be written in any", op, what), "use "+instead, fixes...)
}

// holdsPath reports whether x is a field with paths as the system has them. Those
// of call stacks are in lower case.
func holdsPath(x ast.Expr) bool {
	f, ok := ast.Unparen(x).(*ast.Field)
	return ok && f.Var == "" && pathNames[lastName(f.Path)] && !strings.Contains(f.Path, "call_stack")
}

// isWindowsPath reports whether x is a path with letters behind the drive.
func isWindowsPath(x ast.Expr) bool {
	s, ok := ast.Unparen(x).(*ast.String)
	return ok && windowsPath.MatchString(s.Value) && strings.ContainsFunc(s.Value[min(1, len(s.Value)):], hasCase)
}
