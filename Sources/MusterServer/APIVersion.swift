/// The version of the HTTP interface, the first part of every path.
package let apiVersion = "v1"
