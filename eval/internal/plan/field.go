package plan

import (
	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eval/fn"
	"github.com/eqlkit/eqlkit/eval/schema"
)

// field plans a field and, if there is a schema, checks it.
func (a *analyser) field(x *ast.Field) Expr {
	f := &Field{at: at{x.Range}, Path: x.Path, Optional: x.Optional}
	if x.Var != "" {
		a.errorf("unsupported", x.Range, "the variable $%s is not supported", x.Var)
		return f
	}
	if a.Schema == nil {
		f.T = a.implied(x.Path)
		return f
	}
	field, ok := a.Schema.Field(x.Path)
	switch {
	case ok:
		a.usable(x, field)
		f.T = typeOf(field.Class)
	case a.Strict && !x.Optional:
		a.unknownField(x)
	default:
		f.T = a.implied(x.Path)
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
	case f.Nested != "":
		a.errorf("field-type", x.Range, "%s cannot be used: it lies in the nested field %s", x.Path, f.Nested)
	case f.Class == schema.Object:
		a.errorf("field-type", x.Range, "%s is an object; only its sub-fields have values", x.Path)
	case f.Class == schema.Unsupported:
		a.errorf("field-type", x.Range, "%s cannot be used: fields of type %s are not supported", x.Path, f.Type)
	case f.Class == schema.String && !f.Exact:
		a.errorf("field-type", x.Range, "%s cannot be compared exactly: it is analysed or normalised text without a keyword sub-field", x.Path)
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
