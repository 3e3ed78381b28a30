// Package ecs reads field references of the Elastic Common Schema. It is a
// package of its own so that only its users depend on a reader of YAML.
package ecs

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/eqlkit/eqlkit/eval/schema"
)

// Parse reads a field reference in one of the formats that it is published in:
// the flat YAML (ecs_flat.yml), a mapping from each field's path to its
// description, or the CSV (fields.csv), a line for each field with the columns
// Field and Type. Of the other properties it takes which fields are arrays
// (normalize, or the column Normalization), the allowed values (in YAML only),
// and multi-fields. Events may have fields that a reference does not list.
//
// An error names the field, or the line, at fault.
func Parse(data []byte) (*schema.Table, error) {
	data = bytes.TrimPrefix(data, []byte("\uFEFF"))
	read := readYAML
	if line, _, _ := bytes.Cut(data, []byte("\n")); bytes.Contains(line, []byte("Field,")) || bytes.Contains(line, []byte(",Field")) {
		read = readCSV
	}
	fields, err := read(data)
	if err != nil {
		return nil, fmt.Errorf("field reference: %w", err)
	}
	if len(fields) == 0 {
		return nil, errors.New("field reference: it lists no field")
	}
	return schema.NewTable(fields), nil
}

// A description is what the flat YAML tells of a field.
type description struct {
	Type          string   `yaml:"type"`
	Normalize     []string `yaml:"normalize"`
	AllowedValues []struct {
		Name string `yaml:"name"`
	} `yaml:"allowed_values"`
	MultiFields []struct {
		Name     string `yaml:"name"`
		FlatName string `yaml:"flat_name"`
		Type     string `yaml:"type"`
	} `yaml:"multi_fields"`
}

func readYAML(data []byte) (map[string]schema.Field, error) {
	var list map[string]*description
	if err := yaml.Unmarshal(data, &list); err != nil {
		return nil, err
	}
	fields := make(map[string]schema.Field, len(list))
	for _, path := range slices.Sorted(maps.Keys(list)) {
		e := list[path]
		if e == nil || e.Type == "" {
			return nil, fmt.Errorf("field %s has no type", path)
		}
		f := newField(e.Type, slices.Contains(e.Normalize, "array"))
		for _, v := range e.AllowedValues {
			f.Values = append(f.Values, v.Name)
		}
		slices.Sort(f.Values)
		for _, sub := range e.MultiFields {
			if sub.FlatName == "" {
				sub.FlatName = path + "." + sub.Name
			}
			s := newField(sub.Type, f.Arity == schema.Many)
			s.Source = path
			fields[sub.FlatName] = s
			f.Exact = f.Exact || isKeyword(sub.Type)
		}
		fields[path] = f
	}
	return fields, nil
}

func newField(typ string, array bool) schema.Field {
	f := schema.Field{Type: typ, Class: schema.ClassOf(typ), Arity: schema.One}
	f.Exact = f.Class != schema.String || isKeyword(typ)
	if array {
		f.Arity = schema.Many
	}
	return f
}

func readCSV(data []byte) (map[string]schema.Field, error) {
	r := csv.NewReader(bytes.NewReader(data))
	header, err := r.Read()
	if err != nil {
		return nil, err
	}
	column := func(name string) int {
		return slices.IndexFunc(header, func(h string) bool { return strings.EqualFold(strings.TrimSpace(h), name) })
	}
	path, typ, normal := column("Field"), column("Type"), column("Normalization")
	if path < 0 || typ < 0 {
		return nil, errors.New("the columns Field and Type are needed")
	}
	fields := map[string]schema.Field{}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			multiFields(fields)
			return fields, nil
		}
		if err != nil {
			return nil, err
		}
		if row[typ] == "" {
			return nil, fmt.Errorf("field %s has no type", row[path])
		}
		f := newField(row[typ], normal >= 0 && strings.Contains(row[normal], "array"))
		if normal < 0 {
			f.Arity = schema.AnyArity
		}
		fields[row[path]] = f
	}
}

// multiFields finds the multi-fields in a flat list: fields right below another
// one that has values itself.
func multiFields(fields map[string]schema.Field) {
	for path, sub := range fields {
		at := strings.LastIndexByte(path, '.')
		if at < 0 {
			continue
		}
		f, ok := fields[path[:at]]
		if !ok || f.Class == schema.Object || f.Type == "flattened" {
			continue
		}
		sub.Source = path[:at]
		fields[path] = sub
		if isKeyword(sub.Type) && !f.Exact {
			f.Exact = true
			fields[path[:at]] = f
		}
	}
}

// isKeyword reports whether a type is of the keyword family.
func isKeyword(typ string) bool {
	return schema.ClassOf(typ) == schema.String && !strings.HasSuffix(typ, "text")
}
