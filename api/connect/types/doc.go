// Package types holds the structures, enums and exceptions of the Amazon Connect Service that our operations use,
// with the names and Go types of the official Go SDK (service/connect v1.175.2).
package types
