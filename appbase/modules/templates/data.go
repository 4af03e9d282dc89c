package templates

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
)

// RenderJSON is [Set.Render] with data as JSON; "" is none.
func (s *Set) RenderJSON(ctx context.Context, name, text string) (string, error) {
	if text == "" {
		return s.Render(ctx, name, nil)
	}
	data, err := Data(text)
	if err != nil {
		return "", err
	}
	return s.Render(ctx, name, data)
}

// Data reads JSON as templates want it: whole numbers stay whole, so that 1000000 is not written 1e+06 and can be compared.
func Data(text string) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, fmt.Errorf("data of a template: %w", err)
	}
	return plain(value), nil
}

func plain(value any) any {
	switch v := value.(type) {
	case json.Number:
		if whole, err := v.Int64(); err == nil {
			return int(whole)
		}
		f, _ := v.Float64() // JSON of a script: always a number
		return f
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = plain(v[key])
		}
	}
	return value
}
