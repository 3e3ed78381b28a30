package main

import (
	"encoding/json"
	"reflect"
	"strings"
)

// Facts are the fields of an event that the compared rules read, as the struct that a
// program would declare for them. The tag is the name in expressions, which says the
// path. What is missing is the zero value.
type Facts struct {
	Category     []string `expr:"event__category"`
	Type         []string `expr:"event__type"`
	Action       string   `expr:"event__action"`
	OS           string   `expr:"host__os__type"`
	Dataset      string   `expr:"data_stream__dataset"`
	Name         string   `expr:"process__name"`
	Executable   string   `expr:"process__executable"`
	CommandLine  string   `expr:"process__command_line"`
	Args         []string `expr:"process__args"`
	OriginalName string   `expr:"process__pe__original_file_name"`
	ParentName   string   `expr:"process__parent__name"`
	UserName     string   `expr:"user__name"`
	UserID       string   `expr:"user__id"`
	Integrity    string   `expr:"winlog__event_data__IntegrityLevel"`
	Direction    string   `expr:"network__direction"`
	Destination  string   `expr:"destination__ip"`
	Port         int      `expr:"destination__port"`
}

// newFacts takes the facts from a decoded document.
func newFacts(doc map[string]any) *Facts {
	f := &Facts{}
	v := reflect.ValueOf(f).Elem()
	for i := range v.NumField() {
		setFact(v.Field(i), lookUp(doc, pathOf(v.Type().Field(i))))
	}
	return f
}

func pathOf(f reflect.StructField) string {
	return strings.ReplaceAll(f.Tag.Get("expr"), "__", ".")
}

func lookUp(doc map[string]any, path string) any {
	var v any = doc
	for key := range strings.SplitSeq(path, ".") {
		inner, _ := v.(map[string]any)
		v = inner[key]
	}
	return v
}

func setFact(to reflect.Value, v any) {
	switch v := v.(type) {
	case string:
		if to.Kind() == reflect.Slice {
			to.Set(reflect.ValueOf([]string{v}))
			return
		}
		to.SetString(v)
	case []any:
		var texts []string
		for _, e := range v {
			s, _ := e.(string)
			texts = append(texts, s)
		}
		to.Set(reflect.ValueOf(texts))
	case json.Number:
		n, _ := v.Int64()
		to.SetInt(n)
	case int:
		to.SetInt(int64(v))
	}
}

// asMap returns the facts by name, for languages that look them up in a map.
func (f *Facts) asMap() map[string]any {
	out := make(map[string]any)
	v := reflect.ValueOf(f).Elem()
	for i := range v.NumField() {
		out[v.Type().Field(i).Tag.Get("expr")] = v.Field(i).Interface()
	}
	return out
}
