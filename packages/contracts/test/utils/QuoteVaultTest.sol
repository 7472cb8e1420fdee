// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {LpRequests} from "../../src/makers/LpRequests.sol";
import {SpotHedgeQuoteMaker} from "../../src/makers/SpotHedgeQuoteMaker.sol";
import {SpotHedgeQuoteVault} from "../../src/makers/spot-hedge/SpotHedgeQuoteVault.sol";
import {ExchangeTest} from "./ExchangeTest.sol";

/// @dev The fixture's exchange with a quote vault: a million of collateral in it, margin 50%, reserve 50%, a band of 5%.
abstract contract QuoteVaultTest is ExchangeTest {
    uint256 internal constant WAD = 1e18;
    uint256 internal constant PPM = 1e6;

    SpotHedgeQuoteMaker internal shq;
    LpRequests internal shqRequests;
    address internal maker;

    function config() internal virtual override returns (DeployConfig memory c) {
        c = super.config();
        c.spotHedgeQuoteMaker.maxHedgeDeviation = 20_000;
        c.spotHedgeQuoteMaker.minMarginRatio = 200_000;
        c.spotHedgeQuoteMaker.rules = SpotHedgeQuoteVault.QuoteRules({
            targetMarginRatio: 500_000,
            reserveRatio: 500_000,
            rebalanceBand: 50_000,
            deleverageRatio: 150_000,
            maxDeleverageDeviation: 5_000,
            keeperFeeRatio: 100,
            maxKeeperFeeXCD: uint96(quoteXCD(5e18)),
            keeperInterval: 30,
            delay: 3,
            priceWindow: 10,
            validity: 60
        });
    }

    function setUp() public virtual override {
        super.setUp();
        shq = d.spotHedgeQuoteMaker;
        shqRequests = d.spotHedgeQuoteMakerRequests;
        maker = address(shq);
        vm.startPrank(owner());
        shq.acceptOwnership();
        shqRequests.acceptOwnership();
        vm.stopPrank();
        // Deep enough for all that the vault can take.
        spot.provide(baseXCD(95_000e18));
        depositQuote(lp, quoteXCD(1_000_000e18));
        addMargin(alice, quoteXCD(400_000e18));
        addMargin(bob, quoteXCD(400_000e18));
    }

    function depositQuote(address account, uint256 amountXCD) internal returns (uint256 shares) {
        usd.mint(account, amountXCD);
        vm.startPrank(account);
        usd.approve(address(shq), type(uint256).max);
        shares = shq.deposit(amountXCD);
        vm.stopPrank();
    }

    /// @dev Stores a price and brings the pool to it.
    function movePrice(uint256 price) internal {
        skip(1);
        setPrice(price);
        spot.moveTo(price);
    }

    function setSpread(uint24 spread) internal {
        SpotHedgeQuoteMaker.Parameters memory p = shq.parameters();
        p.spread = spread;
        vm.prank(owner());
        shq.setParameters(p);
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
