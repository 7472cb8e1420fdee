// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Vm} from "forge-std/Vm.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {TestToken} from "./TestToken.sol";

interface IUniswapV3Factory {
    function createPool(address tokenA, address tokenB, uint24 fee) external returns (address pool);
    function getPool(address tokenA, address tokenB, uint24 fee) external view returns (address);
}

interface IUniswapV3Pool {
    function initialize(uint160 sqrtPriceX96) external;
    function mint(address recipient, int24 tickLower, int24 tickUpper, uint128 amount, bytes calldata data)
        external
        returns (uint256 amount0, uint256 amount1);
    function swap(
        address recipient,
        bool zeroForOne,
        int256 amountSpecified,
        uint160 sqrtPriceLimitX96,
        bytes calldata data
    ) external returns (int256 amount0, int256 amount1);
    function slot0()
        external
        view
        returns (
            uint160 sqrtPriceX96,
            int24 tick,
            uint16 index,
            uint16 cardinality,
            uint16 next,
            uint8 fee,
            bool unlocked
        );
    function fee() external view returns (uint24);
}

/// @dev One real Uniswap v3 pool (bytecode of the official package) with full-range liquidity, and its other traders.
/// Mints the tokens of its swaps.
contract SpotMarket {
    uint160 private constant MIN_SQRT_PRICE = 4295128739 + 1;
    uint160 private constant MAX_SQRT_PRICE = 1461446703485210103287273052203988822378723970342 - 1;

    IUniswapV3Factory public immutable factory;
    IUniswapV3Pool public immutable pool;
    TestToken public immutable base;
    TestToken public immutable quote;
    bool public immutable baseIsToken0;

    constructor(IUniswapV3Factory factory_, TestToken base_, TestToken quote_, uint24 fee, uint256 price) {
        (factory, base, quote) = (factory_, base_, quote_);
        baseIsToken0 = address(base_) < address(quote_);
        pool = IUniswapV3Pool(factory_.createPool(address(base_), address(quote_), fee));
        pool.initialize(sqrtPriceOf(price));
    }

    /// @dev Provides full-range liquidity that holds `baseDepth` at the current price.
    function provide(uint256 baseDepth) external {
        (uint160 sqrtPrice,,,,,,) = pool.slot0();
        // Full range: liquidity L holds L / sqrt(P) of token0 and L x sqrt(P) of token1.
        uint256 liquidity =
            baseIsToken0 ? Math.mulDiv(baseDepth, sqrtPrice, 1 << 96) : Math.mulDiv(baseDepth, 1 << 96, sqrtPrice);
        int24 edge = pool.fee() == 500 ? int24(887_270) : int24(887_220);
        pool.mint(address(this), -edge, edge, uint128(liquidity), "");
    }

    /// @dev Moves the pool to `price` (WAD) by one real swap.
    function moveTo(uint256 price) external returns (int256 amount0, int256 amount1) {
        uint160 target = sqrtPriceOf(price);
        (uint160 current,,,,,,) = pool.slot0();
        if (target == current) return (0, 0);
        return pool.swap(address(this), target < current, type(int128).max, target, "");
    }

    /// @dev Sells base (exact in) for quote.
    function sellBase(uint256 amount) external returns (uint256 quoteOut) {
        (int256 a0, int256 a1) =
            pool.swap(address(this), baseIsToken0, int256(amount), baseIsToken0 ? MIN_SQRT_PRICE : MAX_SQRT_PRICE, "");
        return uint256(-(baseIsToken0 ? a1 : a0));
    }

    /// @dev WAD quote per base of the pool, down.
    function priceWad() external view returns (uint256) {
        (uint160 s,,,,,,) = pool.slot0();
        uint256 scaled = Math.mulDiv(s, s, 1 << 96);
        uint256 unit = 10 ** (18 + base.decimals() - quote.decimals());
        return baseIsToken0 ? Math.mulDiv(scaled, unit, 1 << 96) : Math.mulDiv(1 << 96, unit, scaled);
    }

    function sqrtPriceOf(uint256 price) public view returns (uint160) {
        // token1 per token0 in smallest units, as a ratio of two integers.
        uint256 unit = 10 ** (18 + base.decimals() - quote.decimals());
        uint256 ratioX128 = baseIsToken0 ? Math.mulDiv(price, 1 << 128, unit) : Math.mulDiv(unit, 1 << 128, price);
        // sqrt(r x 2^128) x 2^32 = sqrt(r) x 2^96
        return uint160(Math.sqrt(ratioX128) << 32);
    }

    function uniswapV3MintCallback(uint256 amount0, uint256 amount1, bytes calldata) external {
        _pay(baseIsToken0 ? amount0 : amount1, baseIsToken0 ? amount1 : amount0);
    }

    function uniswapV3SwapCallback(int256 amount0, int256 amount1, bytes calldata) external {
        (int256 baseOwed, int256 quoteOwed) = baseIsToken0 ? (amount0, amount1) : (amount1, amount0);
        _pay(baseOwed > 0 ? uint256(baseOwed) : 0, quoteOwed > 0 ? uint256(quoteOwed) : 0);
    }

    function _pay(uint256 baseAmount, uint256 quoteAmount) private {
        require(msg.sender == address(pool));
        if (baseAmount != 0) base.mint(address(pool), baseAmount);
        if (quoteAmount != 0) quote.mint(address(pool), quoteAmount);
    }
}

/// @dev Deploys the official factory bytecode.
contract UniswapV3Local {
    Vm private constant VM = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    string private constant FACTORY =
        "packages/contracts/node_modules/@uniswap/v3-core/artifacts/contracts/UniswapV3Factory.sol/UniswapV3Factory.json";

    function createMarket(TestToken base, TestToken quote, uint24 fee, uint256 price, uint256 baseDepth)
        external
        returns (SpotMarket market)
    {
        IUniswapV3Factory factory = IUniswapV3Factory(VM.deployCode(FACTORY));
        market = new SpotMarket(factory, base, quote, fee, price);
        market.provide(baseDepth);
    }
}
