// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IUniswapV3FactoryLike, UniswapV3PathAdapter} from "./UniswapV3PathAdapter.sol";

/// @title Swaps in one Uniswap v3 pool
contract UniswapV3Adapter is UniswapV3PathAdapter {
    constructor(IUniswapV3FactoryLike factory, address baseToken_, address quoteToken_, uint24 fee)
        UniswapV3PathAdapter(factory, _pair(baseToken_, quoteToken_), _one(fee))
    {}

    function pool() external view returns (address) {
        return poolAt(0);
    }

    function _pair(address baseToken_, address quoteToken_) private pure returns (address[] memory tokens) {
        tokens = new address[](2);
        (tokens[0], tokens[1]) = (baseToken_, quoteToken_);
    }

    function _one(uint24 fee) private pure returns (uint24[] memory fees) {
        fees = new uint24[](1);
        fees[0] = fee;
    }
}
