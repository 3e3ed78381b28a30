package plan

import (
	"slices"
	"strings"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eval/fn"
	"github.com/eqlkit/eqlkit/eval/schema"
)

// field plans a field and, if there is a schema, checks it.
func (a *analyser) field(x *ast.Field) Expr {
	switch {
	case x.Var != "":
		return a.element(x)
	case a.isReference(x):
		return a.reference(x)
	default:
		return a.plainField(x, x.Path)
	}
}

// plainField plans x as the field of an event at path.
func (a *analyser) plainField(x *ast.Field, path string) Expr {
	f := &Field{at: at{x.Range}, Path: path, Optional: x.Optional}
	if a.Schema == nil {
		f.T = a.implied(path)
		return f
	}
	field, ok := a.Schema.Field(path)
	switch {
	case ok:
		a.usable(x, field)
		f.T = typeOf(field.Class)
	case a.Strict && !x.Optional:
		a.unknownField(x)
	default:
		f.T = a.implied(path)
	}
	return f
}

// implied is the type of a field that nothing describes: any, but for the time.
func (a *analyser) implied(path string) fn.Type {
	if path == a.TimestampField {
		return fn.Date
	}
	return fn.Any
}

// usable complains about a field that an index has but EQL cannot use.
func (a *analyser) usable(x *ast.Field, f schema.Field) {
	switch {
	case f.Nested == x.Path:
		a.errorf("field-type", x.Range, "%s cannot be used: nested fields are not supported", x.Path)
	case f.Nested != "":
		a.errorf("field-type", x.Range, "%s cannot be used: it lies in the nested field %s", x.Path, f.Nested)
	case f.Class == schema.Object:
		e := a.errorf("field-type", x.Range, "%s is an object; only its sub-fields have values", x.Path)
		if i, _ := slices.BinarySearch(a.Schema.Paths(), x.Path+"."); i < len(a.Schema.Paths()) {
			if below := a.Schema.Paths()[i]; strings.HasPrefix(below, x.Path+".") {
				e.Hint = "such as " + below
			}
		}
	case f.Type == "alias":
		a.errorf("field-type", x.Range, "%s cannot be used: it is an alias of a field that does not exist", x.Path)
	case f.Class == schema.Unsupported:
		a.errorf("field-type", x.Range, "%s cannot be used: fields of type %s are not supported", x.Path, f.Type)
	case f.Class == schema.String && !f.Exact:
		a.errorf("field-type", x.Range, "%s cannot be compared exactly: it is analysed or normalised text without a keyword sub-field", x.Path).
			Hint = "map it as keyword or wildcard, or give it a sub-field of such a type"
	}
}

func (a *analyser) unknownField(x *ast.Field) {
	if len(a.unknown) == maxProblems {
		return
	}
	e := &source.Error{File: a.file, Span: x.Range, Code: "unknown-field", Msg: "unknown field " + x.Path}
	a.unknown.Add(e)
	if near := source.Nearest(x.Path, a.Schema.Paths()); near != "" {
		e.Hint = "did you mean " + near + "?"
	} else {
		e.Hint = "write ?" + x.Path + " if it may be unknown"
	}
}

func typeOf(c schema.Class) fn.Type {
	switch c {
	case schema.String:
		return fn.String
	case schema.Integer:
		return fn.Integer
	case schema.Rational:
		return fn.Number
	case schema.Boolean:
		return fn.Boolean
	case schema.Date:
		return fn.Date
	case schema.IP:
		return fn.IP
	case schema.Version:
		return fn.Version
	default:
		return fn.Any
	}
}
