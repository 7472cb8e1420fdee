// Generated from the relayer's OpenAPI document by apps/relayer/tools/generate.ts. Do not edit.
export interface paths {
    "/v1/cancellations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancels the orders of an account under an id, by its signed CancelOrder. On the chain it ends none */
        post: operations["cancelOrders"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether orders are taken and matched */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/markets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The markets of this relayer */
        get: operations["listMarkets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/markets/{marketId}/book": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The resting orders by price */
        get: operations["getBook"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/markets/{marketId}/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Server-sent events: a snapshot, then each change with the next sequence number. Last-Event-ID continues after one */
        get: operations["stream"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/markets/{marketId}/trades": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The fills of this relayer's settlements, the newest first. The indexer has the history of the exchange */
        get: operations["listTrades"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/markets/{marketId}/triggered": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Signed orders that keepers announce when their trigger is met, the nearest first */
        get: operations["listTriggered"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The orders of an account, oldest first */
        get: operations["listOrders"];
        put?: never;
        /** Submits a signed order. The same order again returns the one that is there */
        post: operations["submitOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/{hash}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The state of an order */
        get: operations["getOrder"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Book: {
            asks: components["schemas"]["Level"][];
            bids: components["schemas"]["Level"][];
            /** @description Whether there are levels beyond the depth */
            hasMore: boolean;
            marketId: string;
            /** @description The last event that the book contains */
            sequence: string;
        };
        Cancellation: {
            /**
             * Format: address
             * @example 0x00000000000000000000000000000000000000Aa
             */
            account: string;
            id: string;
            marketId: string;
            signature: string;
        };
        Error: {
            /** @enum {string} */
            code: "INVALID_REQUEST" | "INVALID_ORDER" | "INVALID_SIGNATURE" | "UNKNOWN_MARKET" | "UNKNOWN_ORDER" | "NOT_FOUND" | "METHOD_NOT_ALLOWED" | "BODY_TOO_LARGE" | "ORDER_EXPIRED" | "ORDER_CLOSED" | "WRONG_NONCE" | "WRONG_MAKER" | "NOT_AUTHORIZED" | "NOTHING_TO_REDUCE" | "INSUFFICIENT_FUND" | "INSUFFICIENT_MARGIN" | "RELAY_FEE_TOO_LOW" | "SIGNATURE_CHECK_FAILED" | "LIFETIME_TOO_LONG" | "TOO_MANY_ORDERS" | "TOO_MANY_REQUESTS" | "TOO_MANY_STREAMS" | "UNAVAILABLE" | "INTERNAL";
            field?: string;
            /** @description The accepted value or range */
            limit?: string;
            message: string;
            /** @description The offending value */
            value?: string;
        };
        Health: {
            block?: string;
            markets: {
                /** @description Whether a matcher works on it */
                isMatched: boolean;
                marketId: string;
            }[];
            /** @enum {string} */
            status: "ok" | "degraded";
        };
        Level: {
            /**
             * @description Base, WAD
             * @example 1000000000000000000
             */
            amount: string;
            orders: number;
            /**
             * @description Quote per base, WAD
             * @example 1000000000000000000
             */
            price: string;
        };
        Market: {
            chainId: number;
            collateral: string;
            collateralDecimals: number;
            /** @description The relayer's fee for a fill, in the collateral's own decimals */
            fee: string;
            /** @description Parts per million */
            initialMarginRatio: number;
            limits: {
                lifetime: number;
                openOrders: number;
            };
            makers: string[];
            marketId: string;
            /**
             * @description Quote, WAD
             * @example 1000000000000000000
             */
            minPositionValue: string;
            /** @description The least fee of orders that keepers announce, in the collateral's own decimals */
            minRelayFee: string;
            name: string;
            /**
             * @description The price source's last price, WAD
             * @example 1000000000000000000
             */
            price?: string;
            signedOrderGateway: string;
        };
        Order: {
            /** @description Unix seconds */
            createdAt: number;
            /**
             * @description Base of the fills in blocks, WAD
             * @example 1000000000000000000
             */
            filled: string;
            /** Format: bytes32 */
            hash: string;
            marketId: string;
            order: components["schemas"]["SignedOrder"];
            /** @description Why it is not open: a code, or a code and a text */
            reason?: string;
            /**
             * @description Base that can still be filled, WAD
             * @example 1000000000000000000
             */
            rest: string;
            /**
             * @description open: may be filled. requested: its account has cancelled it, and a settlement in flight may still fill it. dropped: this relayer will not fill it; others may, until it is dead. dead: no relayer or keeper can fill it, as the chain says.
             * @enum {string}
             */
            status: "open" | "requested" | "dropped" | "dead";
            /** @description Unix seconds */
            updatedAt: number;
        };
        SignedOrder: {
            /**
             * Format: address
             * @example 0x00000000000000000000000000000000000000Aa
             */
            account: string;
            /**
             * @description Base, WAD
             * @example 1000000000000000000
             */
            amount: string;
            /** @description The fee of the bracket's exit, in the collateral's own decimals */
            exitFeeXCD: string;
            expiresAt: string;
            id: string;
            isBaseToQuote: boolean;
            isReduceOnly: boolean;
            /**
             * Format: address
             * @example 0x00000000000000000000000000000000000000Aa
             */
            maker: string;
            /** @description Moves to the margin with the first fill, in the collateral's own decimals */
            marginXCD: string;
            marketId: string;
            /** @description The most that relayers and keepers charge, in the collateral's own decimals */
            maxRelayFeeXCD: string;
            /**
             * @description Base of the smallest fill, WAD
             * @example 1000000000000000000
             */
            minFill: string;
            nonce: string;
            /**
             * @description Quote per base, WAD
             * @example 1000000000000000000
             */
            price: string;
            /**
             * @description Quote per base, WAD
             * @example 1000000000000000000
             */
            stopPrice: string;
            /**
             * @description Quote per base, WAD
             * @example 1000000000000000000
             */
            takeProfitPrice: string;
            /**
             * @description 0: none, 1: take-profit, 2: stop
             * @enum {number}
             */
            trigger: 0;
            /**
             * @description Quote per base, WAD
             * @example 1000000000000000000
             */
            triggerPrice: string;
            validFrom: string;
        };
        Submission: {
            order: components["schemas"]["SignedOrder"];
            signature: string;
        };
        Trade: {
            account: string;
            /** @description WAD base; received above zero */
            base: string;
            blockNumber: string;
            counterparty: string;
            /** Format: bytes32 */
            orderHash: string;
            /**
             * @description The oracle's price of the fill, WAD
             * @example 1000000000000000000
             */
            price: string;
            /** @description WAD quote; received above zero */
            quote: string;
            /** @description The fee of this fill, in the collateral's own decimals */
            relayFee: string;
            sequence: string;
            /** Format: bytes32 */
            transactionHash: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    cancelOrders: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Cancellation"];
            };
        };
        responses: {
            /** @description The orders under the id */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        orders: components["schemas"]["Order"][];
                    };
                };
            };
            /** @description INVALID_REQUEST, INVALID_SIGNATURE */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNKNOWN_MARKET */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description SIGNATURE_CHECK_FAILED */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description TOO_MANY_REQUESTS */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All markets are matched */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description Degraded */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"] | components["schemas"]["Error"];
                };
            };
        };
    };
    listMarkets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All markets */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        markets: components["schemas"]["Market"][];
                    };
                };
            };
            /** @description INVALID_REQUEST */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description TOO_MANY_REQUESTS */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getBook: {
        parameters: {
            query?: {
                depth?: number;
            };
            header?: never;
            path: {
                marketId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The book */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Book"];
                };
            };
            /** @description INVALID_REQUEST */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNKNOWN_MARKET */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description TOO_MANY_REQUESTS */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    stream: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                marketId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Events */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description INVALID_REQUEST */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNKNOWN_MARKET */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description TOO_MANY_REQUESTS, TOO_MANY_STREAMS */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listTrades: {
        parameters: {
            query?: {
                /** @description The cursor of an earlier answer */
                before?: string;
                limit?: number;
            };
            header?: never;
            path: {
                marketId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of trades */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        cursor?: string;
                        hasMore: boolean;
                        trades: components["schemas"]["Trade"][];
                    };
                };
            };
            /** @description INVALID_REQUEST */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNKNOWN_MARKET */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description TOO_MANY_REQUESTS */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listTriggered: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                marketId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description At most 1,000 orders */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        hasMore: boolean;
                        orders: components["schemas"]["Submission"][];
                    };
                };
            };
            /** @description INVALID_REQUEST */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNKNOWN_MARKET */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description TOO_MANY_REQUESTS */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listOrders: {
        parameters: {
            query: {
                account: string;
                /** @description The cursor of an earlier answer */
                after?: string;
                limit?: number;
                marketId?: string;
                /** @description open: may be filled. requested: its account has cancelled it, and a settlement in flight may still fill it. dropped: this relayer will not fill it; others may, until it is dead. dead: no relayer or keeper can fill it, as the chain says. */
                status?: "open" | "requested" | "dropped" | "dead";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of orders */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        cursor?: string;
                        hasMore: boolean;
                        orders: components["schemas"]["Order"][];
                    };
                };
            };
            /** @description INVALID_REQUEST */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description TOO_MANY_REQUESTS */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    submitOrder: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Submission"];
            };
        };
        responses: {
            /** @description The order was submitted before */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Order"];
                };
            };
            /** @description The order is open */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Order"];
                };
            };
            /** @description INVALID_REQUEST, INVALID_ORDER, INVALID_SIGNATURE */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNKNOWN_MARKET */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description SIGNATURE_CHECK_FAILED, ORDER_EXPIRED, ORDER_CLOSED, WRONG_NONCE, WRONG_MAKER, NOT_AUTHORIZED, NOTHING_TO_REDUCE, INSUFFICIENT_FUND, INSUFFICIENT_MARGIN, RELAY_FEE_TOO_LOW, LIFETIME_TOO_LONG */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description TOO_MANY_REQUESTS, TOO_MANY_ORDERS */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getOrder: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                hash: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The order */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Order"];
                };
            };
            /** @description INVALID_REQUEST */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNKNOWN_ORDER */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description TOO_MANY_REQUESTS */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
}
