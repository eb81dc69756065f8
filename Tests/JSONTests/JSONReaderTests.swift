import JSON
import Testing

@Test func `a smoke test`() throws {
    var names: [String] = []
    try JSONReader.read(
        Array(#"{"data":[{"surn\u0061me":"D\u00e9 \ud83d\ude00","x":[1,{"y":null}]}],"z":1}"#.utf8)
    ) { reader throws(JSONError) in
        try reader.object { key, value throws(JSONError) in
            switch key {
            case "data":
                try value.array { element throws(JSONError) in
                    try element.object { key, value throws(JSONError) in
                        switch key {
                        case "surname": names.append(try value.string())
                        default: break
                        }
                    }
                }
            default: break
            }
        }
    }
    #expect(names == ["Dé 😀"])
}
