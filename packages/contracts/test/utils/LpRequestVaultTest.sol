// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {LpRequestVault} from "../../src/makers/lp/LpRequestVault.sol";
import {ILpModule} from "../../src/interfaces/ILpModule.sol";
import {LpRequest} from "../../src/types/LpRequest.sol";
import {MakerKind} from "./MakerKind.sol";
import {SpotHedgeQuoteMakerExchange} from "./SpotHedgeQuoteMakerExchange.sol";
import {TestToken} from "./TestToken.sol";

/// @dev Requests to one maker. Carol and Dave are not on the whitelist of any maker.
abstract contract LpRequestVaultTest is SpotHedgeQuoteMakerExchange {
    uint256 internal constant KEEPER_FEE = 0.0001 ether;
    uint256 internal constant DELAY = 3;
    uint256 internal constant VALIDITY = 60;

    MakerKind internal immutable kind;
    address internal carol = makeAddr("carol");
    address internal dave = makeAddr("dave");
    ILpModule internal maker;
    LpRequestVault internal requests;
    TestToken internal token;
    /// @dev WAD per unit of the asset. Stored, because a call that reads it would consume a pending prank.
    uint256 internal scale;

    constructor(MakerKind kind_) {
        kind = kind_;
    }

    function hasQuoteMaker() internal view override returns (bool) {
        return kind == MakerKind.SpotHedgeQuote;
    }

    function setUp() public virtual override {
        super.setUp();
        if (kind == MakerKind.Oracle) (maker, requests, token) = (om, omRequests, usd);
        else if (kind == MakerKind.SpotHedgeBase) (maker, requests, token) = (shb, shbRequests, weth);
        else (maker, requests, token) = (shq, shqRequests, usd);
        scale = maker.assetScale();
        address[2] memory lps = [carol, dave];
        for (uint256 i = 0; i < lps.length; ++i) {
            vm.deal(lps[i], 10 ether);
            vm.prank(lps[i]);
            token.approve(address(requests), type(uint256).max);
        }
        vm.deal(keeper, 0);
    }

    // -------------------------------------------------------------------------------------------------- actions ----

    /// @dev WAD of the asset in its own decimals.
    function xcd(uint256 wad) internal view returns (uint256) {
        return wad / scale;
    }

    /// @dev Alice opens a position against the maker: `size` WAD base, long. A base vault holds 100 base and can only be sold
    /// to: there it is a short of a fifth of `size`. `margin` is in whole units of collateral.
    function openPosition(uint256 margin, uint256 size) internal {
        addMargin(alice, margin * USD);
        if (kind == MakerKind.SpotHedgeBase) sell(alice, address(maker), size / 5);
        else buy(alice, address(maker), size);
    }

    function closePosition() internal {
        close(alice, address(maker));
    }

    function requestDeposit(address account, uint256 assets) internal returns (uint256) {
        return requestDeposit(account, assets, 0, 0);
    }

    function requestDeposit(address account, uint256 assets, uint256 minShares, uint256 expiresAt)
        internal
        returns (uint256)
    {
        token.mint(account, assets);
        vm.prank(account);
        return requests.requestDeposit{value: KEEPER_FEE}(assets, account, account, minShares, expiresAt);
    }

    function requestRedeem(address account, uint256 shares) internal returns (uint256) {
        return requestRedeem(account, shares, 0, 0);
    }

    function requestRedeem(address account, uint256 shares, uint256 minAssets, uint256 expiresAt)
        internal
        returns (uint256)
    {
        vm.prank(account);
        return requests.requestRedeem{value: KEEPER_FEE}(shares, account, account, minAssets, expiresAt);
    }

    /// @dev The first update at or after `time`.
    function firstUpdate(uint256 price, uint256 time) internal view returns (bytes[] memory update) {
        update = new bytes[](1);
        update[0] = priceUpdate(price, time, time - 1);
    }

    /// @dev Waits for the request at the head and settles all that are due with it, at `price`.
    function settleAt(uint256 price) internal returns (uint256) {
        uint256 executableAt = requests.requestOf(requests.head()).executableAt;
        if (timestamp() < executableAt) vm.warp(executableAt);
        bytes[][] memory updates = new bytes[][](1);
        updates[0] = firstUpdate(price, executableAt);
        return settleWith(updates);
    }

    function settleWith(bytes[][] memory updates) internal returns (uint256) {
        vm.prank(keeper);
        return requests.settle(updates, type(uint256).max);
    }

    function clearExpired() internal returns (uint256) {
        return settleWith(new bytes[][](0));
    }

    function claimShares(address account) internal returns (uint256 shares) {
        uint256 assets = requests.maxDeposit(account);
        vm.prank(account);
        return requests.deposit(assets, account, account);
    }

    function claimAssets(address account) internal returns (uint256 assets) {
        uint256 shares = requests.maxRedeem(account);
        vm.prank(account);
        return requests.redeem(shares, account, account);
    }

    /// @dev Carol becomes an LP through a request.
    function enter(address account, uint256 assets) internal returns (uint256 shares) {
        requestDeposit(account, assets);
        settleAt(START_PRICE);
        shares = claimShares(account);
        refreshPrice(START_PRICE);
    }

    /// @dev Stores a price one second later.
    function refreshPrice(uint256 price) internal {
        skip(1);
        setPrice(price);
    }

    /// @dev The fee of a request, rounded up.
    function feeOf(uint256 amount) internal view returns (uint256) {
        return (amount * maker.lpRules().requestFee + 999_999) / 1_000_000;
    }

    function setRequestFee(uint24 fee) internal {
        uint128 depositCap = maker.lpRules().depositCap;
        vm.prank(owner());
        maker.setLpRules(depositCap, fee);
    }

    function stateOf(uint256 requestId) internal view returns (LpRequest memory) {
        return requests.requestOf(requestId);
    }
}
