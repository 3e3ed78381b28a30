//go:build goexperiment.jsonv2

package main

import "encoding/json/v2"

// decodeV2 decodes into a map by encoding/json/v2 as it is by default, which refuses
// keys that occur twice and text that is no UTF-8.
var decodeV2 = func(doc []byte) {
	var m map[string]any
	_ = json.Unmarshal(doc, &m)
}
