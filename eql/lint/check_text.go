package lint

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
)

var textCodes = []Check{
	{Code: "wildcard-as-text", Severity: source.Warning, Doc: "\"*\" or \"?\" stands in a value of ==, !=, in or in~, where it is no wildcard."},
	{Code: "wildcard-in-function", Severity: source.Warning, Doc: "A literal of endsWith or stringContains holds \"*\" or \"?\", which Elasticsearch may take for wildcards and other engines do not."},
	{Code: "like-without-wildcard", Severity: source.Info, Doc: "No pattern of like or like~ has a wildcard, so that ==, in, : or in~ says the same."},
	{Code: "blank-at-edge", Severity: source.Info, Off: true, Doc: "An exact value begins or ends with a blank."},
	{Code: "raw-backslashes", Severity: source.Warning, Doc: "A \"\"\" string holds doubled backslashes, which mean two characters there."},
	{Code: "regex-anchor", Severity: source.Warning, Doc: "^ or $ in a regular expression, where they are characters like others."},
	{Code: "regex-plain", Severity: source.Warning, Doc: "A regular expression without any operator, which matches only a value that is equal to it."},
	{Code: "regex-unanchored", Severity: source.Warning, Doc: "A regular expression on a long text that can only match the whole of it."},
}

// wildcardsAsText looks for values with wildcards where they are none.
func wildcardsAsText(p *pass) {
	nodes(p, func(x *ast.Binary) {
		if x.Op != ast.Eq && x.Op != ast.Ne {
			return
		}
		value, ok := ast.Unparen(x.Y).(*ast.String)
		if !ok || !looksLikePattern(x.X, value.Value) {
			return
		}
		var fixes []source.Fix
		at := source.Span{Start: x.OpPos, End: x.OpPos + source.Pos(len("=="))}
		if x.Op == ast.Eq && isField(x.X) {
			fixes = append(fixes, replace("write like, which minds case", false, at, "like"),
				replace("write :, which ignores case", false, at, ":"))
		}
		p.report("wildcard-as-text", value.Range, fmt.Sprintf("%s takes %s literally: wildcards do not work there", x.Op, quoted(value.Value)),
			"use like (minds case) or : (ignores case)", fixes...)
	})
	nodes(p, func(x *ast.Match) {
		if x.Op != ast.In && x.Op != ast.InFold {
			return
		}
		for _, item := range x.List {
			value, ok := ast.Unparen(item).(*ast.String)
			if !ok || !looksLikePattern(x.X, value.Value) {
				continue
			}
			instead := "like"
			if x.Op == ast.InFold {
				instead = "like~"
			}
			var fixes []source.Fix
			if !x.Not {
				fixes = []source.Fix{replace("write "+instead, false, operator(x), instead)}
			}
			p.report("wildcard-as-text", value.Range, fmt.Sprintf("%s takes %s literally: wildcards do not work there", x.Op, quoted(value.Value)),
				"use "+instead+" (...)", fixes...)
		}
	})
}

// looksLikePattern reports whether a value was probably meant as a pattern. A
// lone wildcard may be an argument of a program, command lines hold patterns of
// the shell, and a question mark stands in addresses of the web and in messages.
func looksLikePattern(x ast.Expr, value string) bool {
	if f, ok := ast.Unparen(x).(*ast.Field); value == "*" || ok && lastName(f.Path) == "command_line" {
		return false
	}
	if strings.Contains(value, "*") {
		return true
	}
	return strings.HasPrefix(value, `?:\`)
}

func isField(x ast.Expr) bool {
	_, ok := ast.Unparen(x).(*ast.Field)
	return ok
}

// wildcardsInFunctions looks for literals of text functions that hold wildcards.
// For startsWith they are characters everywhere.
func wildcardsInFunctions(p *pass) {
	nodes(p, func(x *ast.Call) {
		name := strings.ToLower(x.Name.Name)
		if name != "endswith" && name != "stringcontains" || len(x.Args) < 2 {
			return
		}
		needle, ok := ast.Unparen(x.Args[1]).(*ast.String)
		if !ok || !strings.ContainsAny(needle.Value, "*?") || needle.Value == "*" || needle.Value == "?" {
			return
		}
		hint := "write a comparison with : or like if it is meant as a wildcard"
		if p.rule.Dialect == ast.Elasticsearch {
			hint = "Elasticsearch itself may take it for a wildcard, in which \\ protects the next character; " + hint
		}
		p.report("wildcard-in-function", needle.Range, fmt.Sprintf("%s looks for the text %s itself", x.Name.Name, quoted(needle.Value)), hint)
	})
}

// likeWithoutWildcard looks for patterns that are plain values.
func likeWithoutWildcard(p *pass) {
	inside := map[*ast.Match]bool{} // below a comparison, where == cannot stand
	nodes(p, func(x *ast.Binary) {
		if !x.Op.IsLogic() {
			for _, side := range []ast.Expr{x.X, x.Y} {
				if m, ok := side.(*ast.Match); ok {
					inside[m] = true
				}
			}
		}
	})
	nodes(p, func(x *ast.Match) {
		if x.Op != ast.Like && x.Op != ast.LikeFold {
			return
		}
		for _, item := range x.List {
			if s, ok := ast.Unparen(item).(*ast.String); !ok || strings.ContainsAny(s.Value, "*?") {
				return
			}
		}
		instead := "in"
		switch {
		case x.Op == ast.LikeFold && !x.Lparen.IsValid():
			instead = ":"
		case x.Op == ast.LikeFold:
			instead = "in~"
		case !x.Lparen.IsValid():
			instead = "=="
		}
		var fixes []source.Fix
		if instead != "==" || !inside[x] {
			fixes = []source.Fix{replace("write "+instead, true, operator(x), instead)}
		}
		what := "the pattern has"
		if len(x.List) > 1 {
			what = "the patterns have"
		}
		p.report("like-without-wildcard", operator(x), fmt.Sprintf("%s no wildcard, so %s says the same", what, instead), "", fixes...)
	})
}

// exactNames are last names of fields whose values have no blanks at their ends,
// as command lines and texts may have.
var exactNames = set("action category code dataset extension id kind module name outcome protocol provider type")

// blanksAtEdges looks for exact values with a blank at an end.
func blanksAtEdges(p *pass) {
	check := func(x ast.Expr) {
		s, ok := ast.Unparen(x).(*ast.String)
		if ok && strings.TrimSpace(s.Value) != s.Value && strings.TrimSpace(s.Value) != "" && !strings.ContainsAny(s.Value, "*?") {
			p.report("blank-at-edge", s.Range, quoted(s.Value)+" has a blank at its edge, and must be equal to the whole value", "")
		}
	}
	nodes(p, func(x *ast.Binary) {
		if (x.Op == ast.Eq || x.Op == ast.Ne) && isExact(x.X) {
			check(x.Y)
		}
	})
	nodes(p, func(x *ast.Match) {
		if x.Op != ast.Regex && x.Op != ast.RegexFold && isExact(x.X) {
			for _, item := range x.List {
				check(item)
			}
		}
	})
}

func isExact(x ast.Expr) bool {
	f, ok := ast.Unparen(x).(*ast.Field)
	return ok && exactNames[lastName(f.Path)]
}

// doubled matches two backslashes behind something that is not one.
var doubled = regexp.MustCompile(`[^\\]\\\\+[^\\]`)

// rawBackslashes looks for backslashes that are escaped where nothing is.
func rawBackslashes(p *pass) {
	pattern := map[*ast.String]bool{}
	nodes(p, func(x *ast.Match) {
		if x.Op == ast.Regex || x.Op == ast.RegexFold {
			for _, item := range x.List {
				if s, ok := ast.Unparen(item).(*ast.String); ok {
					pattern[s] = true
				}
			}
		}
	})
	nodes(p, func(x *ast.String) {
		if x.Raw && !pattern[x] && doubled.MatchString(x.Value) {
			p.report("raw-backslashes", x.Range, "in \"\"\" strings every backslash counts, so this has two in a row",
				"write one, or use a plain string")
		}
	})
}

// regexOperators are the characters that mean something in a regular expression.
const regexOperators = `.?+*|{}[]()"\#@&<>~`

// longTexts are the last names of fields whose values are long and of which one
// usually looks for a part.
var longTexts = set("command_line message script_block_text text body content user_agent original full query")

func regexes(p *pass) {
	nodes(p, func(x *ast.Match) {
		if x.Op != ast.Regex && x.Op != ast.RegexFold {
			return
		}
		field, _ := ast.Unparen(x.X).(*ast.Field)
		for _, item := range x.List {
			s, ok := ast.Unparen(item).(*ast.String)
			if !ok {
				continue
			}
			switch {
			case strings.HasPrefix(s.Value, "^") || strings.HasSuffix(s.Value, "$") && !strings.HasSuffix(s.Value, `\$`):
				p.report("regex-anchor", s.Range, "^ and $ are no anchors here: they stand for themselves",
					"a regular expression matches the whole value anyway; use .* to allow more before or after")
			case !strings.ContainsAny(s.Value, regexOperators):
				p.report("regex-plain", s.Range, quoted(s.Value)+" matches only a value that is equal to it",
					`write ".*`+short(s.Value)+`.*" if it may be part of a longer one, or use == or :`)
			case field != nil && longTexts[lastName(field.Path)] && !isOpenEnded(s.Value):
				p.report("regex-unanchored", s.Range, "this has to match the whole of "+field.Path, `put .* before and after it if it may be part of a longer text`)
			}
		}
	})
}

// isOpenEnded reports whether a regular expression allows for any text at one
// of its ends, or somewhere inside.
func isOpenEnded(pattern string) bool {
	return strings.Contains(pattern, ".*") || strings.Contains(pattern, ".+") || strings.ContainsAny(pattern, "@~") ||
		strings.Contains(pattern, "]*") || strings.Contains(pattern, "]+") || strings.Contains(pattern, ",}")
}
