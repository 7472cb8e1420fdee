// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {QuoteVaultExchange} from "./QuoteVaultExchange.sol";

/// @dev Two takers of a quote vault, and what it is compared with.
abstract contract QuoteVaultTest is QuoteVaultExchange {
    uint256 internal constant WAD = 1e18;
    uint256 internal constant PPM = 1e6;

    address internal maker;

    function setUp() public virtual override {
        super.setUp();
        maker = address(shq);
        addMargin(alice, quoteXCD(400_000e18));
        addMargin(bob, quoteXCD(400_000e18));
    }

    /// @dev Stores a price and brings the pool to it.
    function movePrice(uint256 price) internal {
        skip(1);
        setPrice(price);
        spot.moveTo(price);
    }

    /// @dev WAD per unit of the base token.
    function baseScale() internal view returns (uint256) {
        return 10 ** (18 - baseDecimals());
    }

    /// @dev H1's figure: base held plus perpetual size plus what is still to be bought, WAD; zero to the token's last
    /// decimal, of which the size may have more.
    function exposure() internal view returns (int256) {
        int256 held = int256(uint256(shq.baseBalance())) + shq.hedgeGap();
        return held * int256(baseScale()) + sizeOf(maker) / int256(baseScale()) * int256(baseScale());
    }

    /// @dev Value of all the vault owns at a price, WAD quote.
    function vaultValue(uint256 price) internal view returns (int256) {
        int256 held = int256(uint256(shq.baseBalance()) * baseScale() * price / WAD);
        return int256(uint256(shq.assetBalance()) * shq.assetScale()) + held + valueOf(maker);
    }

    /// @dev The pool's own answer, without the vault: WAD quote for base sold.
    function poolYield(uint256 base) internal returns (uint256 quoteWad) {
        uint256 id = vm.snapshotState();
        quoteWad = spot.sellBase(base) * 10 ** (18 - collateralDecimals());
        vm.revertToState(id);
    }

    function executionUpdate(uint256 price, uint256 publishTime) internal view returns (bytes[] memory update) {
        update = new bytes[](1);
        update[0] = priceUpdate(price, publishTime, publishTime - 1);
    }

    /// @dev Announces and executes at `price`, 3 seconds later.
    function deleverage(uint256 price) internal returns (uint256 base) {
        vm.prank(keeper);
        shq.announceDeleverage();
        skip(3);
        bytes[] memory update = executionUpdate(price, timestamp());
        vm.prank(keeper);
        return shq.deleverage(address(om), update);
    }
}
