import Testing

/// The part of JSON Schema that the document uses.
struct Schema {
    let document: JSONValue
    /// The members of each object schema that were really there, by the schema's name.
    private(set) var produced: [String: Set<String>] = [:]

    init(_ document: JSONValue) { self.document = document }

    /// What is wrong with `value` as the schema `node` has it; nil where nothing is.
    mutating func fault(
        in value: JSONValue,
        by node: JSONValue,
        named name: String? = nil
    ) -> String? {
        if let reference = node["$ref"].text {
            let target = reference.split(separator: "/").last.map(String.init) ?? ""
            return fault(
                in: value,
                by: document["components"]["schemas"][target],
                named: target
            )
        }
        if node["anyOf"] != nil {
            var faults: [String] = []
            for choice in node["anyOf"].elements {
                guard let fault = fault(in: value, by: choice) else { return nil }
                faults.append(fault)
            }
            return faults.joined(separator: " and ")
        }
        let types = node["type"].text.map { [$0] } ?? node["type"].elements.compactMap(\.text)
        guard types.contains(where: { value.isOf($0) }) else { return "\(value) is not \(types)" }
        if node["enum"] != nil, !node["enum"].elements.contains(value) {
            return "\(value) is not listed"
        }
        for (index, element) in value.elements.enumerated() where node["items"] != nil {
            if let fault = fault(in: element, by: node["items"]) { return "[\(index)]: \(fault)" }
        }
        guard case .object(let members) = value else { return nil }
        if let name { produced[name, default: []].formUnion(members.keys) }
        for required in node["required"].elements.compactMap(\.text)
        where members[required] == nil {
            return "\(required) is missing"
        }
        for (member, value) in members where node["properties"] != nil {
            guard node["properties"].names.contains(member) else {
                return "\(member) is not in the document"
            }
            if let fault = fault(in: value, by: node["properties"][member]) {
                return "\(member): \(fault)"
            }
        }
        return nil
    }
}

extension JSONValue {
    fileprivate func isOf(_ type: String) -> Bool {
        switch (self, type) {
        case (.null, "null"), (.bool, "boolean"), (.number, "number"), (.text, "string"),
            (.array, "array"), (.object, "object"):
            true
        case (.number(let number), "integer"): number.rounded() == number
        default: false
        }
    }
}
