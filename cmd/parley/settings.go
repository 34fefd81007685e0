package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/openparley/parley/internal/server"
)

// settings are what a configuration file may say. A setting KEY is set by the environment variable PARLEY_KEY as well, one below
// another by PARLEY_KEY_SUBKEY; lists and maps are written there as YAML ("[a, b]"). The environment goes before the file,
// and flags go before both.
type settings struct {
	// Listen is the address to serve on; default 127.0.0.1:8080.
	Listen string `yaml:"listen"`

	// AdminListen moves /metrics to an address of its own, where /healthz and /readyz answer too.
	AdminListen string `yaml:"admin_listen"`

	// TLS are the files of a certificate chain and its key, in PEM. Without them the server speaks plain HTTP, for a proxy that
	// does the encryption.
	TLS struct {
		Cert string `yaml:"cert"`
		Key  string `yaml:"key"`
	} `yaml:"tls"`

	// LogLevel is debug, info, warn or error; requests are logged at info, the default.
	LogLevel slog.Level `yaml:"log_level"`

	// ShutdownDelay is how long a stopping server goes on serving, with /readyz at 503, so that load balancers notice.
	ShutdownDelay time.Duration `yaml:"shutdown_delay"`

	server.Config `yaml:",inline"`
}

const envPrefix = "PARLEY_"

// readSettings reads the file, if there is one, and the environment over it. A key or variable without meaning is an error.
func readSettings(file string, env []string) (settings, error) {
	var s settings
	if file != "" {
		text, err := os.ReadFile(file)
		if err != nil {
			return s, fmt.Errorf("read the configuration: %w", err)
		}
		if err := decodeYAML(text, &s); err != nil {
			return s, fmt.Errorf("%s: %w", file, err)
		}
	}
	given := map[string]string{}
	for _, kv := range env {
		if name, value, ok := strings.Cut(kv, "="); ok && strings.HasPrefix(name, envPrefix) {
			given[name] = value
		}
	}
	if err := setFromEnv(reflect.ValueOf(&s).Elem(), envPrefix, given); err != nil {
		return s, err
	}
	if len(given) > 0 {
		unknown := make([]string, 0, len(given))
		for name := range given {
			unknown = append(unknown, name)
		}
		slices.Sort(unknown)
		return s, fmt.Errorf("environment variable %s is not a setting of parley", strings.Join(unknown, ", "))
	}
	if s.Listen == "" {
		s.Listen = defaultListen
	}
	return s, nil
}

func decodeYAML(text []byte, into any) error {
	d := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict())
	err := d.Decode(into)
	if err == nil {
		var second any
		if err = d.Decode(&second); err == nil {
			return errors.New("there is a second document in it")
		}
	}
	if errors.Is(err, io.EOF) {
		return nil // the end, or an empty file
	}
	return readable(err)
}

// readable is an error of the YAML package without the lines of the text, which may hold secrets, and without names of Go types.
func readable(err error) error {
	where, ok := errors.AsType[yaml.Error](err)
	if !ok {
		return err
	}
	why, token := where.GetMessage(), where.GetToken()
	switch wrong, ok := errors.AsType[*yaml.TypeError](err); {
	case strings.HasPrefix(why, "could not find alias"):
		why = "a text that begins with * needs quotes"
	case !ok:
	case wrong.DstType != reflect.TypeFor[time.Duration]():
		why = "the value should be of type " + wrong.DstType.Kind().String()
	case strings.Trim(token.Value, "0123456789.") == "":
		why = "a duration has a unit: write " + token.Value + "s"
	default:
		why = "write a duration such as 5s"
	}
	return fmt.Errorf("line %d, column %d: %s", token.Position.Line, token.Position.Column, why)
}

// setFromEnv sets the fields of a struct from variables named after their keys, and takes these out of given.
func setFromEnv(v reflect.Value, prefix string, given map[string]string) error {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		key, option, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		switch {
		case option == "inline":
			if err := setFromEnv(v.Field(i), prefix, given); err != nil {
				return err
			}
			continue
		case key == "" || key == "-":
			continue
		}
		name := prefix + strings.ToUpper(key)
		if text, ok := given[name]; ok {
			delete(given, name)
			if err := setFromText(v.Field(i), text); err != nil {
				return fmt.Errorf("environment variable %s: %w", name, err)
			}
		}
		if field.Type.Kind() == reflect.Struct {
			if err := setFromEnv(v.Field(i), name+"_", given); err != nil {
				return err
			}
		}
	}
	return nil
}

// setFromText sets a field to a text, or to what it says in YAML when the field is none.
func setFromText(v reflect.Value, text string) error {
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem())) // the YAML package decodes nothing into a pointer to a pointer
		v = v.Elem()
	}
	if v.Kind() == reflect.String {
		v.SetString(text)
		return nil
	}
	return decodeYAML([]byte(text), v.Addr().Interface())
}
