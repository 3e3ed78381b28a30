//go:build !goexperiment.jsonv2

package main

// decodeV2 is nil: encoding/json/v2 is there with GOEXPERIMENT=jsonv2.
var decodeV2 func([]byte)
